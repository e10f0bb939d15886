"""What a screening is judged by besides itself, and how law sees one film at one of its sessions.

Law looks at the film as the catalogue knows it today, never at what a programme kept of it to be shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias
from uuid import UUID

from actions.domain import leave, paid
from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.clearance import Clearance
from actions.domain.copies import Booking
from actions.domain.known import Copy, Film, Organisation
from actions.domain.overlaps import Elsewhere
from actions.domain.paid import PaidScreening, Shown
from actions.domain.rules import in_force, quota, rights
from actions.domain.rules.case import Case
from actions.domain.school import NO_CALENDAR, Calendar
from actions.domain.unlawful import CopyNotKnownYet, FilmNotKnownYet
from common.contracts.actions import (
    Authorisation,
    AuthorisationStatus,
    NamedScreening,
    ProgrammeItem,
    Regime,
    RightsTerms,
    RuleSet,
    Session,
)
from common.contracts.partners import EntitlementKind

Films: TypeAlias = Mapping[UUID, Film]

HABILITATIONS: Mapping[Regime, EntitlementKind] = {
    Regime.NC_CINECLUB: EntitlementKind.CINECLUB,
    Regime.NC_HERITAGE: EntitlementKind.HERITAGE,
}
"""What an organiser is on the day, whose screenings are under these regimes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a screening is judged by besides itself: its campaign, the films it names, its organiser.

    `paid_elsewhere` are the organiser's paid screenings in other actions (R07): all of a year count against one that
    is to be booked (`booking`), those before it against one that was;
    `elsewhere` are sessions around the same days, the holder's other ones among them (R53).  Of offers of rights (R52),
    `withdrawn_offers` are those that their holders have withdrawn, `ceilings` the audiences of those that have one.
    `school` are the school years around the days (R20), `made_in_prison` the films whose workshop was held in a prison
    (R40).  `copies` are those that sessions name, `bookings` what else they are lent for in other actions, `asked_on`
    the day on which they are asked for (C01).
    """

    campaign: Campaign
    films: Films
    organiser: Organisation
    paid_elsewhere: tuple[PaidScreening, ...] = ()
    booking: bool = False
    elsewhere: tuple[Elsewhere, ...] = ()
    withdrawn_offers: frozenset[UUID] = frozenset()
    ceilings: Mapping[UUID, int] = field(default_factory=dict)
    school: Calendar = NO_CALENDAR
    copies: Mapping[UUID, Copy] = field(default_factory=dict)
    bookings: Mapping[UUID, tuple[Booking, ...]] = field(default_factory=dict)
    asked_on: date | None = None
    made_in_prison: frozenset[UUID] = frozenset()

    def copy(self, copy_id: UUID) -> Copy:
        """Find a copy that was heard of, or have the request come again."""
        if copy_id not in self.copies:
            raise CopyNotKnownYet(f"copy {copy_id}", precision=f"copie {copy_id}")
        return self.copies[copy_id]

    def film(self, film_id: UUID) -> Film:
        return known_film(self.films, film_id)

    def work(self, film_id: UUID) -> UUID:
        return film_today(film_id, self.films)

    def paid_besides(self, action: Action, session: Session) -> int:
        """Count the organiser's other paid features that come before a session in its year, in this action and others.

        One that is to be booked comes after all that were.  Who is not counted has none before it: a long action of
        free screenings does not look at each of its sessions from each.
        """
        mine = self._paid(action, session)
        if mine is None or not mine.counts:
            return 0
        here = (self._paid(action, one) for one in action.live_sessions if one.id != session.id)
        others = (*self.paid_elsewhere, *(one for one in here if one is not None))
        return paid.before(mine, others, booking=self.booking)

    def room_from(self, action: Action, session: Session) -> date | None:
        """Tell the first later day on which the organiser may show one more (R07), where it may not on the session's.

        That is the first of another year, or of a derogation; nobody looks further than the next year.
        """
        if self._has_room(action, session):
            return None
        begins = (one.valid_from for one in self.organiser.derogations)
        days = sorted(day for day in (*begins, date(session.held_on.year + 1, 1, 1)) if day > session.held_on)
        return next((day for day in days if self._has_room(action, replace(session, held_on=day))), None)

    def _has_room(self, action: Action, session: Session) -> bool:
        rule, derogation = in_force("R07", session.held_on), self.organiser.derogates_on(session.held_on)
        return rule is None or self.paid_besides(action, session) < quota.limit(rule, derogation=derogation)

    def _paid(self, action: Action, session: Session) -> PaidScreening | None:
        if action.regime_of(session) is not Regime.NC_ASSOCIATION_PAID:
            return None
        shown = ((self.film(item.film_id), item.version) for item in session.programme)
        films = tuple(
            Shown(version=version, duration_minutes=film.duration_minutes, screen_versions=film.screen_versions)
            for film, version in shown
        )
        return PaidScreening(session_id=session.id, held_on=session.held_on, starts_at=session.starts_at, films=films)


def film_today(film_id: UUID, films: Films) -> UUID:
    """Name a film by the id under which it is known today: it may have been merged into another one since."""
    return films[film_id].id if film_id in films else film_id


def known_film(films: Films, film_id: UUID) -> Film:
    """Find a film among those that were heard of, or have the request come again."""
    if film_id not in films:
        raise FilmNotKnownYet(f"film {film_id}", precision=f"film {film_id}")
    return films[film_id]


def request_by(rules: RuleSet, day: date) -> date | None:
    """Tell by which day the DRAC wants the request for a session of this day, where it has said so (R11)."""
    said = (one for one in rules.authorisation_deadlines if one.first_on <= day <= one.last_on)
    return next((one.request_by for one in said), None)


def case(action: Action, session: Session, item: ProgrammeItem, given: Circumstances) -> Case:
    """Put together what law looks at for one film of a session of a screening."""
    regime, outdoors = action.regime_of(session), action.outdoors_at(session)
    if regime is None:
        raise ValueError(action.action_type)
    film, place = given.film(item.film_id), action.place(session.place_id)
    authorisation, clearance = action.authorisation, _clearance(action, session, item)
    screening = screening_of(session, film.id)
    days = leave.days_granted(authorisation, place.id, film.id, given.work)
    terms = clearance.terms if clearance is not None and clearance.state in rights.CLEARED else None
    return Case(
        on=session.held_on,
        regime=regime,
        outdoors=outdoors,
        organiser_id=action.organiser_id,
        licensed_operator=given.organiser.operates_on(session.held_on),
        habilitated=_is_habilitated(given.organiser, regime, session.held_on),
        municipality=place.municipality,
        place_id=place.id,
        place_label=place.label,
        under_12_outdoors=given.campaign.rules.under_12_outdoors,
        access_note=bool(action.access_note),
        free_of_charge=action.price_cents == 0,
        promotes_a_sale=action.promotes_a_sale,
        commercial_poster=action.commercial_poster,
        paid_sessions_besides=given.paid_besides(action, session),
        derogation=given.organiser.derogates_on(session.held_on),
        room_from=given.room_from(action, session),
        declared_on=leave.declared_on(action.declaration, screening, given.work),
        declared_for_all=action.declaration is not None and action.declaration.screenings is None,
        screen_licence=action.declaration.screen_licence if action.declaration else None,
        film_id=film.id,
        film_title=film.title,
        duration_minutes=film.minutes_in(item.version),
        workshop_film=film.workshop is not None,
        has_visa=film.has_visa,
        counts_from=film.counts_from,
        classification=film.classification_on(session.held_on),
        request_by=request_by(given.campaign.rules, session.held_on),
        requested_on=leave.told_on(authorisation, screening, given.work),
        authorisation=_leave(authorisation, session, days),
        authorised_organiser_id=authorisation.organiser_id,
        authorised_municipalities=authorisation.municipalities,
        authorised_place_ids=authorisation.place_ids,
        authorised_film_ids=tuple(map(given.work, authorisation.film_ids)),
        authorised_on=authorisation.granted_dates,
        authorised_days=days,
        use=rights.use_of(regime, outdoors=outdoors),
        territory=rights.territory_of(place.department),
        film_version=item.version,
        support=item.support,
        rights_confirmed=terms is not None,
        rights_from=terms.starts_on if terms else None,
        rights_until=terms.ends_on if terms else None,
        rights_uses=terms.uses if terms else (),
        rights_territories=terms.territories if terms else (),
        rights_versions=terms.versions if terms else (),
        offer_withdrawn=clearance is not None and clearance.offer_id in given.withdrawn_offers,
        expected_audience=session.expected_audience,
        audience_max=_ceiling(clearance, terms, given),
    )


def _is_habilitated(organiser: Organisation, regime: Regime, day: date) -> bool:
    """Tell whether the organiser is on that day what a regime is for; most are for anybody."""
    kind = HABILITATIONS.get(regime)
    return kind is None or organiser.is_entitled_on(day, kind)


def screening_of(session: Session, film_id: UUID) -> NamedScreening:
    """Name what a session shows as the CNC is told of it: a film, at its place, on its day."""
    return NamedScreening(held_on=session.held_on, place_id=session.place_id, film_id=film_id)


def _leave(asked: Authorisation, session: Session, granted: tuple[date, ...]) -> AuthorisationStatus:
    """Tell where the CNC's leave stands for a film at a session: what was granted stays so while more is asked."""
    amended = asked.state is AuthorisationStatus.AMENDMENT_REQUESTED
    return AuthorisationStatus.GRANTED if amended and session.held_on in granted else asked.state


def _ceiling(clearance: Clearance | None, terms: RightsTerms | None, given: Circumstances) -> int | None:
    """Tell how many may watch: what was agreed before terms had a ceiling has that of its offer."""
    if clearance is None or terms is None:
        return None
    if terms.audience_max is not None or clearance.offer_id is None:
        return terms.audience_max
    return given.ceilings.get(clearance.offer_id)


def _clearance(action: Action, session: Session, item: ProgrammeItem) -> Clearance | None:
    """Find what was agreed for a film at a session, else what is being asked; what was refused stands on nothing."""
    mine = [one for one in action.clearances if (one.session_id, one.film_id) == (session.id, item.film_id)]
    agreed = (one for one in mine if one.state in rights.CLEARED)
    return next(agreed, next((one for one in mine if one.state in rights.ASKED), None))

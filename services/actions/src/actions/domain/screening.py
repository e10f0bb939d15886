"""What must be there before a session of an action may take place: film law, rights, authorisation, permits, approval.

The checks are those of T12 and, for other days, of T15; a type that shows no films answers for its place only.  Law
looks at the film as the catalogue knows it today, never at what a programme kept of it to be shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias
from uuid import UUID

from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.kinds import WITH_PROGRAMME
from actions.domain.known import Film, Organisation
from actions.domain.refusals import (
    AgeRestrictedOutdoors,
    DateNotAuthorised,
    FilmNotKnownYet,
    NotALicensedOperator,
    NotAuthorised,
    PermitMissing,
    RightsDoNotCover,
    SessionsIncomplete,
    SiteNotApproved,
    VisaDateUnknown,
    VisaDelayNotElapsed,
    refuse,
)
from actions.domain.rules import in_force, judged, open_air, procedure, rights
from actions.domain.rules.case import Case
from common.contracts.actions import (
    AuthorisationStatus,
    Notice,
    ProgrammeItem,
    RightsTerms,
    Session,
    Setting,
)
from common.errors import DomainError, Outcome, Verdict

REFUSALS: Mapping[str, type[DomainError]] = {
    "R01": VisaDelayNotElapsed,
    "R04": VisaDelayNotElapsed,
    "R05": NotALicensedOperator,
    "R08": NotAuthorised,
    "R12": DateNotAuthorised,
    "R16": AgeRestrictedOutdoors,
    "R52": RightsDoNotCover,
}
NOTHING_WITHOUT = frozenset({"R08", "R52"})
"""What must be settled, and not only looked at, before a screening takes place."""

Films: TypeAlias = Mapping[UUID, Film]

NOTHING_ASKED = frozenset({AuthorisationStatus.NOT_REQUIRED, AuthorisationStatus.TO_REQUEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a screening is judged by besides itself: its campaign, the films it names, its organiser."""

    campaign: Campaign
    films: Films
    organiser: Organisation

    def film(self, film_id: UUID) -> Film:
        return known_film(self.films, film_id)


def known_film(films: Films, film_id: UUID) -> Film:
    """Find a film among those that were heard of, or have the request come again."""
    if film_id not in films:
        raise FilmNotKnownYet(f"film {film_id}", precision=f"film {film_id}")
    return films[film_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of one session, and of one film in it; without a refusal it only asks to look."""

    verdict: Verdict
    refusal: type[DomainError] | None = None
    session_id: UUID | None = None
    film_id: UUID | None = None


def require(findings: Sequence[Finding]) -> tuple[Notice, ...]:
    """Refuse by the first finding that refuses, telling all of its kind; answer what the others ask to look at."""
    kind = next((finding.refusal for finding in findings if finding.refusal is not None), None)
    if kind is not None:
        refuse(kind, *(finding.verdict for finding in findings if finding.refusal is kind))
    return tuple(
        Notice(
            rule=finding.verdict.rule,
            version=finding.verdict.version,
            reason=finding.verdict.reason,
            raison=finding.verdict.raison,
            session_id=finding.session_id,
            film_id=finding.film_id,
        )
        for finding in findings
    )


def judge(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    """Find all that sessions lack, and all that the coordination is asked to look at; refuse nothing.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    return (
        *_completeness(action, sessions),
        *judge_film_law(action, sessions, given),
        *(finding for session in sessions if action.is_screening for finding in _papers(action, session, given)),
        *_approval(action, sessions),
    )


def judge_film_law(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find what film law forbids (R01, R02, R04, R05, R16), and what it asks to look at (R03)."""
    yield from _asked(("R05", "R01", "R04", "R16", "R03"), action, sessions, given)


def judge_days_authorised(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find the days that a granted authorisation does not list (R12): it must be amended first."""
    yield from _asked(("R12",), action, sessions, given)


def needs_authorisation(action: Action, film: Film, on: date) -> bool:
    """Tell whether the CNC must authorise this film there (R03, R08)."""
    rule = in_force("R08", on)
    if rule is None or action.regime is None:
        return False
    return open_air.is_authorised_case(rule, action.regime, film.duration_minutes, outdoors=action.outdoors)


def features_to_authorise(action: Action, sessions: Iterable[Session], films: Films) -> tuple[UUID, ...]:
    """List the films that the CNC must authorise.

    Raises:
        FilmNotKnownYet: a film of these sessions has not been heard of.
    """
    return tuple(
        dict.fromkeys(
            item.film_id
            for session in sessions
            for item in session.programme
            if needs_authorisation(action, known_film(films, item.film_id), session.held_on)
        )
    )


def authorisation_reviewed(action: Action, films: Films) -> Action:
    """Say whether the CNC must be asked; what was asked or answered stays, and what an unheard film leaves open."""
    shown = {item.film_id for session in action.live_sessions for item in session.programme}
    if action.authorisation.state not in NOTHING_ASKED or not shown <= films.keys():
        return action
    needed = bool(features_to_authorise(action, action.live_sessions, films))
    state = AuthorisationStatus.TO_REQUEST if needed else AuthorisationStatus.NOT_REQUIRED
    return replace(action, authorisation=replace(action.authorisation, state=state))


def case(action: Action, session: Session, item: ProgrammeItem, given: Circumstances) -> Case:
    """Put together what law looks at for one film of a session of a screening."""
    if action.regime is None:
        raise ValueError(action.action_type)
    film, place = given.film(item.film_id), action.place(session.place_id)
    authorisation, terms = action.authorisation, _confirmed(action, session, item)
    return Case(
        on=session.held_on,
        regime=action.regime,
        outdoors=action.outdoors,
        organiser_id=action.organiser_id,
        licensed_operator=given.organiser.is_licensed_operator,
        municipality=place.municipality,
        place_id=place.id,
        place_label=place.label,
        under_12_outdoors=given.campaign.rules.under_12_outdoors,
        access_note=bool(action.access_note),
        film_id=film.id,
        film_title=film.title,
        duration_minutes=film.duration_minutes,
        workshop_film=film.workshop is not None,
        has_visa=bool(film.visas),
        counts_from=film.counts_from,
        classification=film.classification,
        authorisation=authorisation.state,
        authorised_organiser_id=authorisation.organiser_id,
        authorised_municipalities=authorisation.municipalities,
        authorised_place_ids=authorisation.place_ids,
        authorised_film_ids=authorisation.film_ids,
        authorised_on=authorisation.granted_dates,
        use=rights.use_of(action.regime, outdoors=action.outdoors),
        territory=rights.territory_of(place.department),
        film_version=item.version,
        support=item.support,
        rights_confirmed=terms is not None,
        rights_from=terms.starts_on if terms else None,
        rights_until=terms.ends_on if terms else None,
        rights_uses=terms.uses if terms else (),
        rights_territories=terms.territories if terms else (),
        rights_versions=terms.versions if terms else (),
    )


def _asked(
    rules: Sequence[str], action: Action, sessions: Iterable[Session], given: Circumstances
) -> Iterator[Finding]:
    """Ask these rules of every film of these sessions; what is allowed is no finding."""
    if action.regime is None:
        return
    for session in sessions:
        for item in session.programme:
            one = case(action, session, item, given)
            said = (judged(rule, session.held_on, one) for rule in rules)
            for verdict in (one for one in said if one is not None and one.outcome is not Outcome.ALLOWED):
                yield Finding(verdict=verdict, refusal=_refusal(verdict), session_id=session.id, film_id=item.film_id)


def _refusal(verdict: Verdict) -> type[DomainError] | None:
    """Say what a verb answers to a verdict; nothing where it only asks to look."""
    if verdict.outcome is Outcome.REFUSED or verdict.rule in NOTHING_WITHOUT:
        return REFUSALS[verdict.rule]
    dateless = verdict.rule in {"R01", "R04"} and verdict.inputs.get("has_visa") is True
    return VisaDateUnknown if dateless else None


def _completeness(action: Action, sessions: Sequence[Session]) -> Iterator[Finding]:
    """Find the sessions that name nobody responsible, or no film where there should be one; and that there is none."""
    if not sessions:
        yield Finding(verdict=procedure.lacks("a session", "une séance", action.first_on), refusal=SessionsIncomplete)
    for session in sessions:
        if not session.responsible:
            yield _lacking(session, "somebody responsible", "un responsable")
        if action.action_type in WITH_PROGRAMME and not session.programme:
            yield _lacking(session, "a film", "un film")


def _lacking(session: Session, what: str, quoi: str) -> Finding:
    verdict = procedure.lacks(what, quoi, session.held_on)
    return Finding(verdict=verdict, refusal=SessionsIncomplete, session_id=session.id)


def _papers(action: Action, session: Session, given: Circumstances) -> Iterator[Finding]:
    yield from _asked(("R52",), action, [session], given)
    yield from _asked(("R08",), action, [session], given)
    yield from _permit(action, session)


def _confirmed(action: Action, session: Session, item: ProgrammeItem) -> RightsTerms | None:
    return next(
        (
            clearance.terms
            for clearance in action.clearances
            if clearance.session_id == session.id
            and clearance.film_id == item.film_id
            and clearance.state in rights.CLEARED
        ),
        None,
    )


def _permit(action: Action, session: Session) -> Iterator[Finding]:
    """Find a public place that no authority lends on that day; a closed site has its own authority."""
    if action.setting is not Setting.OUTDOORS:
        return
    if not any(permit.place_id == session.place_id and session.held_on in permit.dates for permit in action.permits):
        label = action.place(session.place_id).label
        verdict = procedure.lacks(f"a permit for {label}", f"un permis pour {label}", session.held_on)
        yield Finding(verdict=verdict, refusal=PermitMissing, session_id=session.id)


def _approval(action: Action, sessions: Sequence[Session]) -> Iterator[Finding]:
    approved = action.site_approval is not None and action.site_approval.approved
    if sessions and action.setting is Setting.CLOSED_SITE and not approved:
        verdict = procedure.lacks("the closed site's approval", "l’accord du lieu fermé", action.first_on)
        yield Finding(verdict=verdict, refusal=SiteNotApproved)

"""What must be there before a session of an action may take place: film law, rights, authorisation, permits, approval.

The checks are those of T12 and, for other days, of T15; a type that shows no films answers for its place only.  Law
looks at the film as the catalogue knows it today, never at what a programme kept of it to be shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.kinds import WITH_PROGRAMME
from actions.domain.known import Film, Organisation
from actions.domain.refusals import (
    AgeRestrictedOutdoors,
    DateNotAuthorised,
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
from actions.domain.rules import film_law, open_air, rights
from common.contracts.actions import (
    AuthorisationStatus,
    Notice,
    ProgrammeItem,
    RightsTerms,
    Session,
    Setting,
)
from common.errors import NotKnownHere

NOTHING_ASKED = frozenset({AuthorisationStatus.NOT_REQUIRED, AuthorisationStatus.TO_REQUEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a screening is judged by besides itself: its campaign, the films it names, its organiser."""

    campaign: Campaign
    films: Mapping[UUID, Film]
    organiser: Organisation

    def film(self, film_id: UUID) -> Film:
        if film_id not in self.films:
            raise NotKnownHere(f"film {film_id}", precision=f"film {film_id}")
        return self.films[film_id]


def require_film_law(action: Action, sessions: Iterable[Session], given: Circumstances) -> tuple[Notice, ...]:
    """Refuse what film law forbids (R01, R02, R04, R05, R16); answer what it asks to look at (R03)."""
    notices: dict[str, Notice] = {}
    for one in _screenings(action, sessions, given):
        if verdict := film_law.operator(one):
            refuse(NotALicensedOperator, verdict)
        if verdict := film_law.visa_delay(one):
            refuse(VisaDateUnknown if verdict.first_lawful_on is None else VisaDelayNotElapsed, verdict)
        if verdict := film_law.age_outdoors(one, given.campaign.rules.under_12_outdoors, action.access_note):
            refuse(AgeRestrictedOutdoors, verdict)
        if notice := film_law.length_to_look_at(one):
            notices[notice.reason] = notice
    return tuple(notices.values())


def needs_authorisation(action: Action, film: Film | None, on: date) -> bool:
    """Tell whether the CNC must authorise this film there: a feature, outdoors, by nobody licensed (R03, R08)."""
    commercial = action.regime is None or action.regime in film_law.COMMERCIAL
    minutes = None if film is None else film.duration_minutes
    return action.outdoors and not commercial and film_law.is_feature(minutes, on)


def features_to_authorise(action: Action, sessions: Iterable[Session], given: Circumstances) -> tuple[UUID, ...]:
    """List the films that the CNC must authorise."""
    return tuple(
        dict.fromkeys(
            item.film_id
            for session in sessions
            for item in session.programme
            if needs_authorisation(action, given.films.get(item.film_id), session.held_on)
        )
    )


def authorisation_reviewed(action: Action, given: Circumstances) -> Action:
    """Say whether the CNC must be asked; what has been asked or answered stays."""
    if action.authorisation.state not in NOTHING_ASKED:
        return action
    needed = bool(features_to_authorise(action, action.live_sessions, given))
    state = AuthorisationStatus.TO_REQUEST if needed else AuthorisationStatus.NOT_REQUIRED
    return replace(action, authorisation=replace(action.authorisation, state=state))


def require_ready(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Notice, ...]:
    """Refuse sessions that lack anything they need; answer what the coordination is asked to look at."""
    _require_complete(action, sessions)
    notices = require_film_law(action, sessions, given)
    for session in sessions:
        if action.is_screening:
            _require_rights(action, session)
            _require_authorised(action, session, given)
            _require_permit(action, session)
    _require_approval(action, sessions)
    return notices


def require_days_authorised(action: Action, sessions: Iterable[Session], given: Circumstances) -> None:
    """Refuse days that a granted authorisation does not list (R12): it must be amended first."""
    for session in sessions:
        for item in session.programme:
            granted = action.authorisation.state is AuthorisationStatus.GRANTED
            if not granted or not needs_authorisation(action, given.films.get(item.film_id), session.held_on):
                continue
            if verdict := open_air.date_listed(action.authorisation, session.held_on):
                refuse(DateNotAuthorised, verdict)


def _screenings(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterable[film_law.Screening]:
    if action.regime is None:
        return
    for session in sessions:
        for item in session.programme:
            yield film_law.Screening(
                film=given.film(item.film_id),
                on=session.held_on,
                regime=action.regime,
                outdoors=action.outdoors,
                licensed_operator=given.organiser.is_licensed_operator,
            )


def _require_complete(action: Action, sessions: Sequence[Session]) -> None:
    lacking = [
        session.held_on.isoformat()
        for session in sessions
        if not session.responsible or (action.action_type in WITH_PROGRAMME and not session.programme)
    ]
    if lacking or not sessions:
        named = ", ".join(lacking) or "0"
        raise SessionsIncomplete(f"Sessions: {named}.", precision=f"Séances : {named}.")


def _require_rights(action: Action, session: Session) -> None:
    if action.regime is None:
        return
    territory = rights.territory_of(action.place(session.place_id).department)
    use = rights.use_of(action.regime, outdoors=action.outdoors)
    for item in session.programme:
        terms = _confirmed(action, session, item)
        if verdict := rights.covered(item, terms, on=session.held_on, use=use, territory=territory):
            refuse(RightsDoNotCover, verdict)


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


def _require_authorised(action: Action, session: Session, given: Circumstances) -> None:
    place = action.place(session.place_id)
    for item in session.programme:
        if not needs_authorisation(action, given.films.get(item.film_id), session.held_on):
            continue
        verdict = open_air.authorised(
            action.authorisation,
            organiser_id=action.organiser_id,
            place=place,
            film_id=item.film_id,
            on=session.held_on,
        )
        if verdict:
            refuse(NotAuthorised, verdict)


def _require_permit(action: Action, session: Session) -> None:
    """Refuse a public place that no authority lends on that day; a closed site has its own authority."""
    if action.setting is not Setting.OUTDOORS:
        return
    if not any(permit.place_id == session.place_id and session.held_on in permit.dates for permit in action.permits):
        label = action.place(session.place_id).label
        raise PermitMissing(f"{label}, {session.held_on}.", precision=f"{label}, {session.held_on}.")


def _require_approval(action: Action, sessions: Sequence[Session]) -> None:
    approved = action.site_approval is not None and action.site_approval.approved
    if sessions and action.setting is Setting.CLOSED_SITE and not approved:
        raise SiteNotApproved

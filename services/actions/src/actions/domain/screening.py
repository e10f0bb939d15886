"""What must be there before a session of an action may take place: film law, rights, authorisation, permits, approval.

The checks are those of T12 and, for other days, of T15; a type that shows no films answers for its place only.  Law
looks at the film as the catalogue knows it today, never at what a programme kept of it to be shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from actions.domain.rules import film_law, open_air, procedure, rights
from common.contracts.actions import (
    AuthorisationStatus,
    Notice,
    ProgrammeItem,
    RightsTerms,
    Session,
    Setting,
)
from common.errors import DomainError, Verdict

NOTHING_ASKED = frozenset({AuthorisationStatus.NOT_REQUIRED, AuthorisationStatus.TO_REQUEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a screening is judged by besides itself: its campaign, the films it names, its organiser."""

    campaign: Campaign
    films: Mapping[UUID, Film]
    organiser: Organisation

    def film(self, film_id: UUID) -> Film:
        if film_id not in self.films:
            raise FilmNotKnownYet(f"film {film_id}", precision=f"film {film_id}")
        return self.films[film_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of one session, and of one film in it; without a refusal it only asks to look."""

    verdict: Verdict
    refusal: type[DomainError] | None = None
    session_id: UUID | None = None
    film_id: UUID | None = None


def require(findings: Sequence[Finding]) -> tuple[Notice, ...]:
    """Refuse by the first finding that refuses; answer what the others ask to look at."""
    for finding in findings:
        if finding.refusal is not None:
            refuse(finding.refusal, finding.verdict)
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
    """Find all that sessions lack, and all that the coordination is asked to look at; refuse nothing."""
    return (
        *_completeness(action, sessions),
        *judge_film_law(action, sessions, given),
        *(finding for session in sessions if action.is_screening for finding in _papers(action, session, given)),
        *_approval(action, sessions),
    )


def judge_film_law(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find what film law forbids (R01, R02, R04, R05, R16), and what it asks to look at (R03)."""
    under_12 = given.campaign.rules.under_12_outdoors
    for session, one in _screenings(action, sessions, given):
        delay = film_law.visa_delay(one)
        elapses = delay is None or delay.first_lawful_on is not None
        said = (
            (film_law.operator(one), NotALicensedOperator),
            (delay, VisaDelayNotElapsed if elapses else VisaDateUnknown),
            (film_law.age_outdoors(one, under_12, action.access_note), AgeRestrictedOutdoors),
            (film_law.length_to_look_at(one), None),
        )
        for verdict, refusal in said:
            if verdict is not None:
                yield Finding(verdict=verdict, refusal=refusal, session_id=session.id, film_id=one.film.id)


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


def judge_days_authorised(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find the days that a granted authorisation does not list (R12): it must be amended first."""
    if action.authorisation.state is not AuthorisationStatus.GRANTED:
        return
    for session, item in _to_authorise(action, sessions, given):
        if verdict := open_air.date_listed(action.authorisation, session.held_on):
            yield _finding(verdict, DateNotAuthorised, session, item)


def _screenings(
    action: Action, sessions: Iterable[Session], given: Circumstances
) -> Iterator[tuple[Session, film_law.Screening]]:
    if action.regime is None:
        return
    for session in sessions:
        for item in session.programme:
            yield (
                session,
                film_law.Screening(
                    film=given.film(item.film_id),
                    on=session.held_on,
                    regime=action.regime,
                    outdoors=action.outdoors,
                    licensed_operator=given.organiser.is_licensed_operator,
                ),
            )


def _to_authorise(
    action: Action, sessions: Iterable[Session], given: Circumstances
) -> Iterator[tuple[Session, ProgrammeItem]]:
    for session in sessions:
        for item in session.programme:
            if needs_authorisation(action, given.films.get(item.film_id), session.held_on):
                yield session, item


def _completeness(action: Action, sessions: Sequence[Session]) -> Iterator[Finding]:
    """Find the sessions that name nobody responsible, or no film where there should be one; and that there is none."""
    if not sessions:
        yield Finding(verdict=procedure.lacks("a session", "une séance"), refusal=SessionsIncomplete)
    for session in sessions:
        if not session.responsible:
            yield _lacking(session, "somebody responsible", "un responsable")
        if action.action_type in WITH_PROGRAMME and not session.programme:
            yield _lacking(session, "a film", "un film")


def _lacking(session: Session, what: str, quoi: str) -> Finding:
    verdict = procedure.lacks(what, quoi, session.held_on)
    return Finding(verdict=verdict, refusal=SessionsIncomplete, session_id=session.id)


def _papers(action: Action, session: Session, given: Circumstances) -> Iterator[Finding]:
    yield from _rights(action, session)
    yield from _authorisation(action, session, given)
    yield from _permit(action, session)


def _rights(action: Action, session: Session) -> Iterator[Finding]:
    if action.regime is None:
        return
    territory = rights.territory_of(action.place(session.place_id).department)
    use = rights.use_of(action.regime, outdoors=action.outdoors)
    for item in session.programme:
        terms = _confirmed(action, session, item)
        if verdict := rights.covered(item, terms, on=session.held_on, use=use, territory=territory):
            yield _finding(verdict, RightsDoNotCover, session, item)


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


def _authorisation(action: Action, session: Session, given: Circumstances) -> Iterator[Finding]:
    place = action.place(session.place_id)
    for _, item in _to_authorise(action, [session], given):
        verdict = open_air.authorised(
            action.authorisation,
            organiser_id=action.organiser_id,
            place=place,
            film_id=item.film_id,
            on=session.held_on,
        )
        if verdict is not None:
            yield _finding(verdict, NotAuthorised, session, item)


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
        verdict = procedure.lacks("the closed site's approval", "l’accord du lieu fermé")
        yield Finding(verdict=verdict, refusal=SiteNotApproved)


def _finding(verdict: Verdict, refusal: type[DomainError], session: Session, item: ProgrammeItem) -> Finding:
    return Finding(verdict=verdict, refusal=refusal, session_id=session.id, film_id=item.film_id)

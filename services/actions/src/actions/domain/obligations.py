"""What must still be asked of whom, and by when: derived from the action and the law, never stored (ADR 0034).

So moving a session moves every due day, and moving it back restores them.  What is settled is seen in the action
itself (a permit, a clearance); only what nothing else tells of has an evidence of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from actions.domain import leave
from actions.domain.action import Action
from actions.domain.authorisation import PENDING, needs_authorisation
from actions.domain.campaign import DeadlinesMoved
from actions.domain.circumstances import Circumstances, case, request_by, screening_of
from actions.domain.lending import lending
from actions.domain.rules import in_force, judged, rights
from actions.domain.rules.case import Case
from actions.domain.rules.delays import DELAYS
from common.contracts.actions import (
    ActionObligationsMoved,
    ActionType,
    AuthorisationDeadline,
    ClearanceStatus,
    DueDay,
    Fallback,
    ObligationKind,
    ProgrammeItem,
    Regime,
    ResponsibleBody,
    Session,
    SessionStatus,
    Setting,
    Support,
)
from common.errors import Outcome

K, B = ObligationKind, ResponsibleBody

HAS_MATERIAL = frozenset({ClearanceStatus.MATERIAL_RECEIVED, ClearanceStatus.SETTLED})
BY_EVIDENCE = frozenset({K.MUSIC, K.IMAGE_CONSENTS})
"""What is settled by an evidence; everything else is seen in the action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One thing to settle for a session, and for a film in it: with whom, by which day, by which rule.

    `blocking`: the action is not announced without it.  `fallback`: it is for the day or the room that the session may
    fall back to.
    """

    kind: ObligationKind
    session_id: UUID
    film_id: UUID | None = None
    body: ResponsibleBody
    due_on: date
    blocking: bool
    settled: bool
    rule: str
    version: str
    fallback: Fallback | None = None


def obligations(
    action: Action, given: Circumstances, sessions: Sequence[Session] | None = None
) -> tuple[Obligation, ...]:
    """List what sessions ask for (all that are still to come, unless named), the most urgent first.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    coming = [session for session in action.sessions if session.state is SessionStatus.PLANNED]
    asked = coming if sessions is None else sessions
    ids = {session.id for session in asked}
    by_action = (one for one in consents(action) if one.session_id in ids)
    found = (*(one for session in asked for one in _of(action, session, given)), *by_action)
    return most_urgent_first(found)


def most_urgent_first(found: Iterable[Obligation]) -> tuple[Obligation, ...]:
    def urgency(one: Obligation) -> tuple[date, str, str, str, str]:
        return one.due_on, one.kind, str(one.session_id), str(one.film_id), one.fallback or ""

    return tuple(sorted(found, key=urgency))


def consents(action: Action) -> tuple[Obligation, ...]:
    """Ask for the consents of those who are filmed, by the first session that takes place: of a workshop, once.

    One that is put off has no day; one that was held asks for nothing more.  Whichever session an evidence names, it
    shows that they are there.
    """
    placed = [one for one in action.sessions if one.state in {SessionStatus.PLANNED, SessionStatus.HELD}]
    first = min(placed, key=lambda one: (one.held_on, one.starts_at, one.id), default=None)
    if action.action_type is not ActionType.FILMMAKING_WORKSHOP or first is None or first.state is SessionStatus.HELD:
        return ()
    settled = any(one.kind is K.IMAGE_CONSENTS for one in action.evidence)
    return (_obligation("O09", K.IMAGE_CONSENTS, first, B.PARTICIPANTS, settled=settled),)


def moved_days(before: Iterable[Obligation], after: Iterable[Obligation]) -> tuple[DueDay, ...]:
    """Tell which due days are not what they were."""
    then, now = ({(one.kind, one.session_id, one.film_id): one.due_on for one in some} for some in (before, after))
    return tuple(
        DueDay(kind=key[0], session_id=key[1], film_id=key[2], before=then.get(key), after=now.get(key))
        for key in sorted({*then, *now}, key=str)
        if then.get(key) != now.get(key)
    )


def consents_moved(before: Action, after: Action) -> tuple[DueDay, ...]:
    """Tell by which other session's day the consents are due now, where they are due before and after."""
    then, now = consents(before), consents(after)
    return moved_days(then, now) if then and now else ()


def redated(action: Action, given: Circumstances, moved: DeadlinesMoved) -> tuple[DueDay, ...]:
    """Tell which due days of the sessions to come have moved with the campaign's deadlines.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    then, now = (obligations(action, _by(deadlines, given)) for deadlines in (moved.before, moved.after))
    return moved_days(then, now)


def announced(action: Action, days: tuple[DueDay, ...], *, at: datetime) -> tuple[ActionObligationsMoved, ...]:
    """Tell of due days that have moved, if any has."""
    if not days:
        return ()
    return (
        ActionObligationsMoved(
            occurred_at=at, about=action.about(), action_id=action.id, action_type=action.action_type, days=days
        ),
    )


def _by(deadlines: tuple[AuthorisationDeadline, ...], given: Circumstances) -> Circumstances:
    rules = replace(given.campaign.rules, authorisation_deadlines=deadlines)
    return replace(given, campaign=replace(given.campaign, rules=rules))


def _of(action: Action, session: Session, given: Circumstances) -> Iterator[Obligation]:
    if action.is_screening:
        yield from _of_films(action, session, given)
        yield from _of_place(action, session, given)
        settled = any((one.kind, one.session_id) == (K.MUSIC, session.id) for one in action.evidence)
        yield _obligation("O08", K.MUSIC, session, B.SACEM, settled=settled)
    if action.closed:
        approved = action.approved_on(session.held_on)
        yield _obligation("O04", K.SITE_APPROVAL, session, B.SITE_AUTHORITY, settled=approved, blocking=True)


def _of_films(action: Action, session: Session, given: Circumstances) -> Iterator[Obligation]:
    """Ask the CNC for a feature outdoors, its holder for the rights of each film, and for copy and key."""
    lasting = [given.film(item.film_id).minutes_in(item.version) for item in session.programme]
    if any(needs_authorisation(action, session, minutes) for minutes in lasting):
        asked = _is_asked(action, session, given)
        last = request_by(given.campaign.rules, session.held_on)
        yield _obligation("O01", K.CNC_AUTHORISATION, session, B.DRAC, settled=asked, blocking=True, due_on=last)
    for item in session.programme:
        if item.workshop_film:
            continue
        film, cleared = item.film_id, _is_cleared(case(action, session, item, given))
        yield _obligation("O05", K.RIGHTS, session, B.RIGHTS_HOLDER, settled=cleared, blocking=True, film_id=film)
        if item.support is Support.DCP:
            states = {c.state for c in action.clearances if (c.session_id, c.film_id) == (session.id, item.film_id)}
            there = bool(states & HAS_MATERIAL) and _opens(action, session, item, given)
            yield _obligation("O06", K.MATERIAL, session, B.RIGHTS_HOLDER, settled=there, film_id=film)


def _opens(action: Action, session: Session, item: ProgrammeItem, given: Circumstances) -> bool:
    """Tell whether the chosen copy needs no key, or has one that opens it for the whole of the session (C02)."""
    if item.copy_id is None:
        return True
    said = judged("C02", session.held_on, lending(action, session, item, given.copy(item.copy_id), given))
    return said is None or said.outcome is Outcome.ALLOWED


def _of_place(action: Action, session: Session, given: Circumstances) -> Iterator[Obligation]:
    """Ask the mayor for a public place, tell the cinemas around, and the CNC where a cinema moves."""
    if action.regime_of(session) is Regime.COMMERCIAL_MOVED:
        declared = action.declaration is not None and all(
            _is_allowed("R06", case(action, session, item, given)) for item in session.programme
        )
        yield _obligation("O02", K.CNC_DECLARATION, session, B.CNC, settled=declared, blocking=True)
    if action.setting_of(session) is not Setting.OUTDOORS:
        return
    permitted = any(one.place_id == session.place_id and session.held_on in one.dates for one in action.permits)
    yield _obligation("O03", K.PERMIT, session, B.MUNICIPALITY, settled=permitted, blocking=True)
    yield _obligation("O07", K.NEIGHBOURS, session, B.CINEMAS, settled=action.neighbours is not None)


def _is_asked(action: Action, session: Session, given: Circumstances) -> bool:
    """Tell whether the CNC allows each feature of a session (R08), or was asked for it and has not answered yet."""
    said = action.authorisation
    waits = said.state in PENDING and said.organiser_id == action.organiser_id
    return all(
        _is_allowed("R08", one) or (waits and leave.is_asked(said, screening_of(session, one.film_id), given.work))
        for one in (case(action, session, item, given) for item in session.programme)
        if judged("R08", session.held_on, one) is not None
    )


def _is_cleared(one: Case) -> bool:
    """Tell whether the rights cover a film (R52): what was agreed stands, though its offer was withdrawn since."""
    verdict = judged("R52", one.on, one)
    return verdict is None or verdict.outcome is Outcome.ALLOWED or rights.stand_withdrawn(verdict.inputs)


def _is_allowed(rule: str, one: Case) -> bool:
    verdict = judged(rule, one.on, one)
    return verdict is not None and verdict.outcome is Outcome.ALLOWED


def _obligation(
    rule_id: str,
    kind: ObligationKind,
    session: Session,
    body: ResponsibleBody,
    *,
    settled: bool,
    blocking: bool = False,
    due_on: date | None = None,
    film_id: UUID | None = None,
) -> Obligation:
    """Count the days by the record in force on the session's day; before the first of them, by none."""
    rule = in_force(rule_id, session.held_on, DELAYS)
    days = 0 if rule is None else rule.parameters["days"]
    return Obligation(
        kind=kind,
        session_id=session.id,
        film_id=film_id,
        body=body,
        due_on=due_on or session.held_on - timedelta(days=days),
        blocking=blocking,
        settled=settled,
        rule=rule_id,
        version="" if rule is None else rule.version,
    )

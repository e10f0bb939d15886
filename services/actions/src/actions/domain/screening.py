"""What must be there before a session of an action may take place: film law, rights, authorisation, permits, approval.

The checks are those of T12 and, for other days, of T15; a type that shows no films answers for its place only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from actions.domain.action import Action
from actions.domain.circumstances import Circumstances, case
from actions.domain.kinds import WITH_PROGRAMME
from actions.domain.lending import lending
from actions.domain.overlaps import minutes_of, overlapping
from actions.domain.refusals import OnSchoolTime, refuse
from actions.domain.rules import Rule, in_force, judged, procedure, rights, said, say
from actions.domain.rules.school import hours_of
from actions.domain.school import ZONE_OF, Calendar, day_off, free_from
from actions.domain.showing import showing
from actions.domain.unlawful import (
    AgeRestrictedOutdoors,
    CommercialPosterUsed,
    CopyCannotBeThere,
    CopyNoLongerLent,
    DateNotAuthorised,
    KeyDoesNotOpen,
    MoveNotDeclared,
    NotALicensedOperator,
    NotAuthorised,
    NotHabilitated,
    OrganiserClosed,
    PermitMissing,
    PromotesASale,
    QuotaReached,
    RightsDoNotCover,
    SessionsIncomplete,
    ShownTooFar,
    SiteNotApproved,
    VisaDateUnknown,
    VisaDelayNotElapsed,
)
from common.contracts.actions import Fallback, Notice, Session, Setting
from common.errors import DomainError, Outcome, Verdict

REFUSALS: Mapping[str, type[DomainError]] = {
    "R01": VisaDelayNotElapsed,
    "R04": VisaDelayNotElapsed,
    "R05": NotALicensedOperator,
    "R06": MoveNotDeclared,
    "R07": QuotaReached,
    "R08": NotAuthorised,
    "R12": DateNotAuthorised,
    "R16": AgeRestrictedOutdoors,
    "R20": OnSchoolTime,
    "R39": ShownTooFar,
    "R40": ShownTooFar,
    "R50": PromotesASale,
    "R51": CommercialPosterUsed,
    "R52": RightsDoNotCover,
    "P01": OrganiserClosed,
    "C01": CopyCannotBeThere,
    "C02": KeyDoesNotOpen,
    "C03": CopyNoLongerLent,
}
DATELESS: Mapping[str, type[DomainError]] = {"R01": VisaDateUnknown, "R04": VisaDateUnknown}
"""What a delay refuses by that cannot be counted, since nobody knows the visa's date."""

UNHABILITATED: Mapping[str, type[DomainError]] = {"R04": NotHabilitated}
"""What a delay refuses by that is not the organiser's, since it is not habilitated."""

NOTHING_WITHOUT = frozenset({"R06", "R08", "R39", "R40", "R52"})
"""What must be settled, and not only looked at, before a screening takes place."""

PLANNED_BY = ("R05", "R01", "R04", "R16", "R07", "R50", "R51", "R03")
"""What a plan alone must keep to; the rest is asked for by the day the action is announced."""

AGREED_BY = ("R39", "R40")
"""What a session that shows a workshop film must keep to, of whatever type its action is."""

PAPERS = frozenset({"R06", "R08", "R11", "R12", "R52", "T12"})
"""What is settled with others, at a time of its own: rights, authorisation, declaration, permit, approval."""

LENT_BY = ("C01", "C02", "C03")
"""What a copy must keep to, where a session names the one that it is to be shown from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says of one session, and of one film in it; a verb is refused by those that carry a refusal.

    `fallback`: it is said of the day or the room that the session may fall back to.
    """

    verdict: Verdict
    refusal: type[DomainError] | None = None
    session_id: UUID | None = None
    film_id: UUID | None = None
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a verb would find: the action as it would be, the sessions that were judged, and all that rules say.

    A verb decides by the same judgement that a check answers with: what is clean here no rule refuses there.
    `fallbacks` is what rules say of the days and rooms that the sessions may fall back to: no verb is refused by it.
    """

    verb: str
    action: Action
    sessions: tuple[Session, ...]
    findings: tuple[Finding, ...]
    fallbacks: tuple[Finding, ...] = ()

    @property
    def lawful(self) -> bool:
        return all(finding.refusal is None for finding in self.findings)


def of_papers(finding: Finding) -> bool:
    """Tell whether what is said may be mended by what others still settle, and no plan need be changed for it."""
    verdict = finding.verdict
    return verdict.rule in PAPERS or (verdict.rule in AGREED_BY and verdict.outcome is Outcome.TO_CLEAR)


def noticed(finding: Finding) -> Notice:
    """Write a finding as others read it."""
    return Notice(
        rule=finding.verdict.rule,
        version=finding.verdict.version,
        reason=finding.verdict.reason,
        raison=finding.verdict.raison,
        session_id=finding.session_id,
        film_id=finding.film_id,
        fallback=finding.fallback,
    )


def require(findings: Sequence[Finding]) -> tuple[Notice, ...]:
    """Refuse by the first finding that refuses, telling all of its kind; answer what the others ask to look at."""
    kind = next((finding.refusal for finding in findings if finding.refusal is not None), None)
    if kind is not None:
        refuse(kind, *(finding.verdict for finding in findings if finding.refusal is kind))
    return tuple(noticed(finding) for finding in findings if finding.verdict.outcome is not Outcome.ALLOWED)


def judge(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    """Find all that rules say of sessions, and all that these lack; refuse nothing.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    return (*_completeness(action, sessions), *judge_placed(action, sessions, given))


def judge_placed(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    """Find all that rules say of what sessions show, there and then; whether they are whole is not asked.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    return (
        *judge_plan(action, sessions, given),
        *judge_papers(action, sessions, given),
        *_approval(action, sessions),
        *judge_overlaps(action, sessions, given),
    )


def judge_plan(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Ask what a plan must keep to: film law as such, the quota of paid screenings (R07), the wrong company (R50).

    And that its organiser is there (P01), school time (R20), where its copies can be (C01), once they are named, and
    how far its workshop films may travel (R39, R40), once that is settled.
    """
    sessions = tuple(sessions)
    yield from judge_organiser(sessions, given)
    yield from judge_school_time(action, sessions, given)
    yield from _asked(PLANNED_BY, action, sessions, given)
    yield from (one for one in judge_consents(action, sessions, given) if one.verdict.outcome is not Outcome.TO_CLEAR)
    yield from judge_copies(action, sessions, given)


def judge_bookings(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Ask of several sessions whether the organiser may have them all (R07): one is booked after the other, by day."""
    in_order = sorted(sessions, key=lambda one: (one.held_on, one.starts_at, one.id))
    for n, session in enumerate(in_order, start=1):
        yield from _asked(("R07",), replace(action, sessions=tuple(in_order[:n])), [session], given)


def judge_copies(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Ask whether the copies that sessions name can be there, can be opened, and are what was planned.

    Raises:
        CopyNotKnownYet: a copy has not been heard of.
    """
    for session in sessions:
        for item in session.programme:
            if item.copy_id is not None:
                one = lending(action, session, item, given.copy(item.copy_id), given)
                yield from _found(LENT_BY, one, session, item.film_id)


def judge_organiser(sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find the sessions that an organiser is to hold that will be no more (P01)."""
    for session in sessions:
        asked = {"on": session.held_on, "organiser_closed_on": given.organiser.closed_on}
        verdict = said("P01", session.held_on, asked)
        if verdict:
            yield Finding(verdict=verdict, refusal=_refusal(verdict), session_id=session.id)


def judge_consents(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Ask whether workshop films may be shown as far as sessions carry them (R39, R40).

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    for session in sessions:
        for item in session.programme:
            film = given.film(item.film_id)
            if film.workshop is not None:
                one = showing(action, session, film, film.workshop, given)
                yield from _found(AGREED_BY, one, session, item.film_id)


def judge_school_time(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find the school groups that would be taken out of class (R20)."""
    for session in sessions:
        rule = in_force("R20", session.held_on)
        if session.school_group and rule is not None:
            verdict = say(rule, _school_hour(rule, action, session, given.school))
            if verdict is not None:
                refusal = REFUSALS["R20"] if verdict.outcome is Outcome.REFUSED else None
                yield Finding(verdict=verdict, refusal=refusal, session_id=session.id)


def _school_hour(rule: Rule, action: Action, session: Session, calendar: Calendar) -> dict[str, object]:
    """Put together what the rule on school time looks at."""
    department = action.place(session.place_id).department
    zone = ZONE_OF.get(department)
    return {
        "on": session.held_on,
        "starts_at": session.starts_at,
        "minutes": minutes_of(session.programme),
        "school_zone": zone,
        "year_is_known": calendar.holidays(zone, session.held_on) is not None,
        "day_off": day_off(calendar, department, session.held_on),
        "free_on": free_from(calendar, department, session, hours_of(rule)),
    }


def judge_days_authorised(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find the days that a granted authorisation does not list (R12): it must be amended first."""
    yield from _asked(("R12",), action, sessions, given)


def judge_papers(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find what must be settled with others before sessions are announced: rights, authorisation, declaration, permit.

    And how far its workshop films may travel, as long as nobody has settled that.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    sessions = tuple(sessions)
    yield from (one for one in judge_consents(action, sessions, given) if one.verdict.outcome is Outcome.TO_CLEAR)
    for session in sessions:
        if action.is_screening:
            yield from _papers(action, session, given)


def judge_overlaps(action: Action, sessions: Iterable[Session], given: Circumstances) -> Iterator[Finding]:
    """Find the sessions that the holder has at the same place at the same time in another action (R53).

    What is said of an open action many read: a closed circuit's sessions are not told of there (R41).
    """
    besides = [
        one
        for one in given.elsewhere
        if one.holder_id == action.holder_id
        and one.action_id != action.id
        and (action.closed or not one.closed_circuit)
    ]
    for session in sessions:
        place = action.place(session.place_id)
        others = tuple(other.session_id for other in overlapping(session, place, besides))
        asked = {"on": session.held_on, "place_label": place.label, "overlaps": others}
        verdict = said("R53", session.held_on, asked)
        if verdict:
            yield Finding(verdict=verdict, session_id=session.id)


def _asked(
    rules: Sequence[str], action: Action, sessions: Iterable[Session], given: Circumstances
) -> Iterator[Finding]:
    """Ask these rules of every film of these sessions."""
    if action.regime is None:
        return
    for session in sessions:
        for item in session.programme:
            yield from _found(rules, case(action, session, item, given), session, item.film_id)


def _found(rules: Sequence[str], case: object, session: Session, film_id: UUID) -> Iterator[Finding]:
    """Take down what rules say of one film, or of its copy, at one session."""
    for verdict in (judged(rule, session.held_on, case) for rule in rules):
        if verdict is not None:
            yield Finding(verdict=verdict, refusal=_refusal(verdict), session_id=session.id, film_id=film_id)


def _refusal(verdict: Verdict) -> type[DomainError] | None:
    """Say what a verb answers to a verdict; nothing where it is allowed, or where it only asks to look."""
    if verdict.outcome is Outcome.ALLOWED:
        return None
    if verdict.outcome is Outcome.TO_CLEAR and rights.stand_withdrawn(verdict.inputs):
        return None
    if verdict.inputs.get("habilitated") is False:
        return UNHABILITATED[verdict.rule]
    if verdict.outcome is Outcome.REFUSED or verdict.rule in NOTHING_WITHOUT:
        return REFUSALS[verdict.rule]
    return DATELESS.get(verdict.rule) if verdict.inputs.get("has_visa") is True else None


def _completeness(action: Action, sessions: Sequence[Session]) -> Iterator[Finding]:
    """Find the sessions that name nobody responsible, or no film where there should be one; and that there is none."""
    if not sessions:
        yield from _lacking(procedure.A_SESSION, SessionsIncomplete, action.first_on)
    for session in sessions:
        if not session.responsible:
            yield from _lacking(procedure.SOMEBODY_RESPONSIBLE, SessionsIncomplete, session.held_on, session.id)
        if action.action_type in WITH_PROGRAMME and not session.programme:
            yield from _lacking(procedure.A_FILM, SessionsIncomplete, session.held_on, session.id)


def _lacking(
    what: str,
    refusal: type[DomainError],
    on: date,
    session_id: UUID | None = None,
    there_on: Iterable[date] = (),
) -> Iterator[Finding]:
    """Ask the procedure (T12) about what is not there on that day."""
    verdict = judged("T12", on, procedure.Lack(on, what, tuple(sorted(set(there_on)))))
    if verdict is not None:
        yield Finding(verdict=verdict, refusal=refusal, session_id=session_id)


def _papers(action: Action, session: Session, given: Circumstances) -> Iterator[Finding]:
    yield from _asked(("R52",), action, [session], given)
    yield from _asked(("R06", "R11", "R08"), action, [session], given)
    yield from _permit(action, session)


def _permit(action: Action, session: Session) -> Iterator[Finding]:
    """Find a public place that no authority lends on that day; a closed site has its own authority."""
    if action.setting_of(session) is not Setting.OUTDOORS:
        return
    lent = {day for permit in action.permits if permit.place_id == session.place_id for day in permit.dates}
    if session.held_on not in lent:
        permit = f"{procedure.PERMIT_FOR}{action.place(session.place_id).label}"
        yield from _lacking(permit, PermitMissing, session.held_on, session.id, lent)


def _approval(action: Action, sessions: Sequence[Session]) -> Iterator[Finding]:
    """Find the days that the authority of a closed circuit has not seen, or has not said yes to."""
    for session in sessions:
        if action.closed and not action.approved_on(session.held_on):
            said = action.site_approval
            named = () if said is None or said.authority_id != action.site_authority_id else said.dates or ()
            yield from _lacking(procedure.SITE_APPROVAL, SiteNotApproved, session.held_on, session.id, named)

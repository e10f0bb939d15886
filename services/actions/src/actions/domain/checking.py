"""What a verb would be told, with nothing decided: every verdict, and which verb each one stands in the way of.

A check and its verb judge by the same `Judgement`: where the check is clean, at the same instant and versions, no rule
refuses the verb.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias
from uuid import UUID

from actions.domain import agenda, lifecycle, storm
from actions.domain.action import Action
from actions.domain.agenda import SessionPlan
from actions.domain.circumstances import Circumstances
from actions.domain.costs import Costs, costs
from actions.domain.first_days import first_lawful
from actions.domain.known import RightsOffer
from actions.domain.lifecycle import NewDay
from actions.domain.obligations import Obligation, obligations
from actions.domain.screening import Finding, Judgement, judge, judge_days_authorised, judge_papers, judge_plan
from actions.domain.storm import WayOut
from actions.domain.telling import told
from actions.domain.unlawful import CopyNotKnownYet, FilmNotKnownYet
from common.contracts.actions import ActionStatus, Fallback, Session, SessionStatus
from common.errors import Input, Outcome

Offers: TypeAlias = Collection[RightsOffer]
"""What rights-holders offer on the films of what is judged; only the costs look at it."""

LATER = "action.schedule"
"""The verb that what is still missing of a planned session stands in the way of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedVerdict:
    """What a rule says.  `blocks` names the verb that it stands in the way of, `code` the problem that would answer it.

    Without a `session_id` it is about the action; a session that was asked for has an id that is used nowhere else.
    With a `fallback` it is about the day or the room that the session may fall back to: it stands in the way of no verb
    now, and `code` is what moving there would be answered.
    """

    rule: str
    version: str
    outcome: Outcome
    blocks: str | None
    code: str | None
    reason: str
    raison: str
    first_lawful_on: date | None
    session_id: UUID | None
    film_id: UUID | None
    inputs: dict[str, Input]
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The whole verdict on a verb, at one version of the action.

    `lawful`: nothing stands in its way.  `first_lawful_on` is the first day of the campaign on which nothing would, as
    far as days alone are in the way; of several sessions, the latest of their first days.  That of a session that is to
    be planned lies before the day that it may fall back to: later ones are looked for once that is not asked, or is
    later too.  `obligations` is what the judged sessions ask for, `costs` what they cost.  `storm` is where each may go
    when it cannot be held as planned, and whether that is lawful: `fallback_verdicts` say why, `fallback_obligations`
    what is asked for again there.
    """

    verb: str
    version: int
    lawful: bool
    first_lawful_on: date | None
    verdicts: tuple[CheckedVerdict, ...]
    obligations: tuple[Obligation, ...]
    costs: Costs
    storm: tuple[WayOut, ...] = ()
    fallback_verdicts: tuple[CheckedVerdict, ...] = ()
    fallback_obligations: tuple[Obligation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an action stands by the law as it is known now: what stands against its sessions that are still to come.

    `verdicts` leaves out what is allowed.  `lawful` is null where something that the action refers to has not been
    heard of yet (`waits_for` says what): nobody can judge.
    """

    action_id: UUID
    title: str
    version: int
    state: ActionStatus
    sessions: int
    lawful: bool | None
    waits_for: str | None
    verdicts: tuple[CheckedVerdict, ...]


def check_session(
    action: Action, wish: SessionPlan, given: Circumstances, offers: Offers = (), *, session_id: UUID
) -> Check:
    """Judge a session that might be planned, and what it would still need before it is announced."""
    judged = agenda.judge_session(action, wish, given, session_id=session_id)
    later = tuple(judge_papers(judged.action, judged.sessions, given))
    there_later = storm.judge_fallbacks(judged.action, judged.sessions, given, _papers_of_move)
    first = first_lawful(
        judged,
        lambda session: judge_plan(judged.action.with_sessions(session), [session], given),
        _last_day(wish, given),
    )
    return _check(action, judged, given, offers, first, later, there_later)


def check_schedule(action: Action, given: Circumstances, offers: Offers = ()) -> Check:
    """Judge whether the action could be announced now."""
    judged = lifecycle.judge_schedule(action, given)
    first = first_lawful(
        judged,
        lambda session: judge(judged.action.with_sessions(session), [session], given),
        given.campaign.ends_on,
    )
    return _check(action, judged, given, offers, first)


def check_reschedule(action: Action, days: Sequence[NewDay], given: Circumstances, offers: Offers = ()) -> Check:
    """Judge new days for the sessions that were put off."""
    judged = lifecycle.judge_reschedule(action, days, given)
    first = first_lawful(
        judged,
        lambda session: lifecycle.judge_new_days(judged.action.with_sessions(session), [session], given),
        given.campaign.last_on,
    )
    return _check(action, judged, given, offers, first)


def standing(action: Action, given: Circumstances | None) -> Standing:
    """Judge the sessions of an action that are still to come; without circumstances its organiser is not known."""
    coming = tuple(one for one in action.sessions if one.state is SessionStatus.PLANNED)
    if given is None:
        return _standing(action, coming, waits_for=f"organisation {action.organiser_id}")
    try:
        return _standing(action, coming, judge(action, coming, given))
    except (FilmNotKnownYet, CopyNotKnownYet) as error:
        return _standing(action, coming, waits_for=error.detail)


def _standing(
    action: Action, coming: Sequence[Session], found: tuple[Finding, ...] = (), *, waits_for: str | None = None
) -> Standing:
    return Standing(
        action_id=action.id,
        title=action.title,
        version=action.version,
        state=action.state,
        sessions=len(coming),
        lawful=None if waits_for else all(finding.refusal is None for finding in found),
        waits_for=waits_for,
        verdicts=tuple(_verdict(finding, LATER) for finding in found if finding.verdict.outcome is not Outcome.ALLOWED),
    )


def _check(
    action: Action,
    judged: Judgement,
    given: Circumstances,
    offers: Offers,
    first_lawful_on: date | None,
    later: tuple[Finding, ...] = (),
    there_later: tuple[Finding, ...] = (),
) -> Check:
    verdicts = (
        *(_verdict(finding, judged.verb) for finding in judged.findings),
        *(_verdict(finding, LATER) for finding in later),
    )
    return Check(
        verb=judged.verb,
        version=action.version,
        lawful=judged.lawful,
        first_lawful_on=first_lawful_on,
        verdicts=verdicts,
        obligations=obligations(judged.action, given, judged.sessions),
        costs=costs(judged.action, judged.sessions, given, offers),
        storm=storm.outlook(judged),
        fallback_verdicts=tuple(_verdict(finding, None) for finding in (*judged.fallbacks, *there_later)),
        fallback_obligations=storm.fallback_obligations(judged.action, given, judged.sessions),
    )


def _last_day(wish: SessionPlan, given: Circumstances) -> date:
    """Tell the last day that could be planned, all else being as it is wished: a fallback comes after the session."""
    campaign_ends_on = given.campaign.ends_on
    if wish.fallback_on is None:
        return campaign_ends_on
    return min(campaign_ends_on, wish.fallback_on - timedelta(days=1))


def _verdict(finding: Finding, verb: str | None) -> CheckedVerdict:
    """Write a finding as it is told; where it is of no verb's, nothing is blocked by it."""
    verdict, refusal = finding.verdict, finding.refusal
    return CheckedVerdict(
        rule=verdict.rule,
        version=verdict.version,
        outcome=verdict.outcome,
        blocks=None if refusal is None else verb,
        code=None if refusal is None else refusal.code,
        reason=verdict.reason,
        raison=verdict.raison,
        first_lawful_on=verdict.first_lawful_on,
        session_id=finding.session_id,
        film_id=finding.film_id,
        inputs=told(verdict.inputs),
        fallback=finding.fallback,
    )


def _papers_of_move(action: Action, sessions: Sequence[Session], given: Circumstances) -> tuple[Finding, ...]:
    return (*judge_days_authorised(action, sessions, given), *judge_papers(action, sessions, given))

"""Which copy a session's film is shown from: chosen once it is known, and chosen anew when it is lent no more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from actions.domain import storm
from actions.domain.action import Action, Moved, moved
from actions.domain.circumstances import Circumstances
from actions.domain.labels import SESSIONS
from actions.domain.refusals import NotPossibleInThisState
from actions.domain.rules.copies import SHOWN_FROM
from actions.domain.screening import LENT_BY, Judgement, judge_copies
from actions.domain.unlawful import FilmNotShown
from common.contracts.actions import ActionCopyChosen, Notice, Session, SessionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyChoice:
    """The copy that a film of a session is to be shown from; none: it is given back."""

    session_id: UUID
    film_id: UUID
    copy_id: UUID | None


def judge_choice(action: Action, choice: CopyChoice, given: Circumstances) -> Judgement:
    """Find what rules say of a copy that is to be chosen; the film is then shown from what the copy is.

    Of a session that was put off they are asked with its new day.

    Raises:
        CopyNotKnownYet: the copy has not been heard of.
    """
    action.require("action.choose_copy")
    session = _with_copy(action.session(choice.session_id), choice, given)
    chosen = action.with_sessions(session)
    judged = (session,) if session.state is SessionStatus.PLANNED else ()
    found = judge_copies(chosen, judged, given)
    fallbacks = storm.judge_fallbacks(chosen, judged, given, judge_copies)
    return Judgement(
        verb="action.choose_copy",
        action=chosen,
        sessions=(session,),
        findings=tuple(one for one in found if one.film_id == choice.film_id),
        fallbacks=tuple(one for one in fallbacks if one.film_id == choice.film_id),
    )


def choose_copy(judged: Judgement, choice: CopyChoice, *, at: datetime) -> Moved:
    """Choose a copy that was judged: it can be there, and can be opened."""
    notices = _noticed(judged.action.notices, choice, storm.decide(judged))
    chosen = replace(judged.action, notices=tuple(notices))
    fact = ActionCopyChosen(
        occurred_at=at,
        about=chosen.about(),
        action_id=chosen.id,
        action_type=chosen.action_type,
        session_id=choice.session_id,
        film_id=choice.film_id,
        copy_id=choice.copy_id,
    )
    return moved(chosen, fact)


def _with_copy(session: Session, choice: CopyChoice, given: Circumstances) -> Session:
    if session.state not in {SessionStatus.PLANNED, SessionStatus.POSTPONED}:
        raise NotPossibleInThisState(
            f"The session is {session.state}; action.choose_copy is not possible.",
            precision=f"La séance est « {SESSIONS[session.state]} » ; choisir la copie n’est pas possible.",
        )
    if choice.film_id not in {item.film_id for item in session.programme}:
        raise FilmNotShown(pointer="/film_id")
    support = None if choice.copy_id is None else SHOWN_FROM[given.copy(choice.copy_id).format]
    programme = (
        replace(item, copy_id=choice.copy_id, support=support or item.support)
        if item.film_id == choice.film_id
        else item
        for item in session.programme
    )
    return replace(session, programme=tuple(programme))


def _noticed(notices: Iterable[Notice], choice: CopyChoice, found: Iterable[Notice]) -> Iterable[Notice]:
    """Put what is said of this copy in the place of what was said of the one before."""
    about = (choice.session_id, choice.film_id)
    yield from (one for one in notices if one.rule not in LENT_BY or (one.session_id, one.film_id) != about)
    yield from found

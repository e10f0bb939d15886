"""Ways out of ten thousand plans: each is lawful when the naive reader of the law, walking there, forbids nothing."""

from collections import Counter
from dataclasses import replace
from functools import partial

from actions.domain import checking
from actions.domain.action import Action
from actions.domain.agenda import SessionPlan
from actions.domain.storm import WayOut
from common.contracts.actions import Regime, Setting
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.test_checking import ASKED, AT, CASES, a_negotiated, against, refused, uncovered


def there(way: WayOut, action: Action, wish: SessionPlan) -> tuple[Action, SessionPlan]:
    """Walk there: on the other day, or into the room, where a free open-air screening is any free screening."""
    if way.fallback == "day":
        return action, replace(wish, held_on=p.there(wish.fallback_on))
    regime = Regime.NC_FREE if action.regime is Regime.NC_OPEN_AIR else action.regime
    return replace(action, setting=Setting.INDOORS, regime=regime), replace(wish, place_id=p.ROOM.id)


def test_r12_r13_what_a_check_says_of_a_fallback_the_naive_reader_says_there_too():
    """So is what it says of the rights (R52); the papers of the square are not asked for in the room.

    The room forbids no plan that the square allows: what it asks for besides is rights.
    """
    ways: Counter[tuple[str, bool, bool]] = Counter()
    for number in CASES:
        action, wish, given = a_negotiated(number)
        said = checking.check_session(action, wish, given, session_id=ASKED)
        assert {one.fallback.value for one in said.storm} == {
            *(["day"] if wish.fallback_on else []),
            *(["room"] if wish.fallback_place_id else []),
        }
        for way in said.storm:
            moved = (*there(way, action, wish), given)
            assert way.lawful is (against(*moved) == []), (number, way.fallback, against(*moved))
            of_rights = [one for one in said.fallback_verdicts if (one.rule, one.fallback) == ("R52", way.fallback)]
            assert sum(one.code is not None for one in of_rights) == uncovered(*moved), (number, way.fallback)
            ways[way.fallback, way.lawful, said.lawful] += 1
    assert ways.pop(("room", False, True), 0) == 0
    assert len(ways) == 7
    assert min(ways.values()) > 20, ways


def test_r12_a_fallback_day_is_lawful_when_a_session_could_be_planned_on_it():
    for number in CASES[:1_000]:
        action, wish, given = a_negotiated(number)
        for way in checking.check_session(action, wish, given, session_id=ASKED).storm:
            if way.fallback == "day":
                then = replace(wish, held_on=way.held_on, fallback_on=None)
                plan = partial(a.plan_session, action, then, given, session_id=ASKED, new_id=p.new_ids("c"), at=AT)
                assert way.lawful is (refused(plan) is None), number


def test_a_fallback_changes_nothing_of_what_is_said_of_the_session_itself():
    """Only that the first day on which it could be held lies before the fallback, or is none."""
    for number in CASES[:1_000]:
        action, wish, given = a_negotiated(number)
        said = checking.check_session(action, wish, given, session_id=ASKED)
        alone = checking.check_session(
            action, replace(wish, fallback_on=None, fallback_place_id=None), given, session_id=ASKED
        )
        first, fallback_on = alone.first_lawful_on, wish.fallback_on
        assert said.first_lawful_on == (first if not (first and fallback_on) or first < fallback_on else None), number
        assert (said.lawful, said.costs) == (alone.lawful, alone.costs)
        assert (said.verdicts, said.obligations) == (alone.verdicts, alone.obligations), number
        assert {one.blocks for one in said.fallback_verdicts} <= {None}

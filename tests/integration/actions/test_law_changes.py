"""A law that changes: what was judged stays as it was judged, and what is judged now is judged by the new one."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from actions.domain.rules import RULES, Rule, in_force
from tests.integration.actions.people import Desk, a_cast
from tests.integration.actions.screenings import a_film, a_session, begun, outdoors, planned
from tests.integration.actions.test_risks import risks, settled
from tests.unit.actions.test_verdicts import again

LONGER_FROM = date(2025, 6, 1)


def with_longer_delay() -> tuple[Rule, ...]:
    """Let a feature wait for two years in June, as a lawmaker would write it: one record ends, another begins."""
    (now,) = (rule for rule in RULES if rule.id == "R01")
    until_may = replace(now, valid_until=date(2025, 5, 31))
    longer = {**now.parameters, "months": 24}
    from_june = replace(now, version="2", valid_from=LONGER_FROM, parameters=longer)
    return (until_may, from_june, *(rule for rule in RULES if rule is not now))


async def verdicts(desk: Desk, action: Any, who: Any) -> list[dict[str, Any]]:
    listed = await desk.get(f"/v1/actions/{action.json()['id']}/verdicts", who)
    found: list[dict[str, Any]] = listed.json()["items"]
    return found


async def test_a_rule_changed_in_march_changes_no_verdict_given_in_february(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, film = a_cast(), a_film(visa="2024-01-15")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    for day in ("2025-05-30", "2025-07-18"):
        action = await planned(desk, action, cast.holder, a_session(film.id, day))
    await settled(desk)
    february = await verdicts(desk, action, cast.holder)
    law = with_longer_delay()
    monkeypatch.setattr(in_force, "__defaults__", (law,))
    await desk.hear("film", replace(film, version=2))
    await settled(desk)
    march = await verdicts(desk, action, cast.holder)
    assert march[: len(february)] == february
    new = [(one["rule"], one["version"], one["outcome"]) for one in march[len(february) :]]
    assert new == [("R01", "2", "refused")]
    assert await risks(desk, action, cast.holder) == ["R01"]
    for kept in march:
        rule = next(rule for rule in law if (rule.id, rule.version) == (kept["rule"], kept["version"]))
        said = again(rule, kept["inputs"])
        assert said is not None
        assert (said.outcome, said.reason, said.raison) == (kept["outcome"], kept["reason"], kept["raison"])

"""Dossier A, step by step: which figure moves when, and by what."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from common.contracts.access import Role
from common.contracts.actions import (
    ActionHeld,
    ActionPlanned,
    ActionStatus,
    Budgets,
    LineStatus,
    ProjectStatus,
    ReportStatus,
)
from docs import examples
from tests.integration.reporting.reader import bearer, cells, rows
from tests.integration.reporting.records import hear, trace
from tests.states import (
    ACTUAL,
    CITY,
    COORDINATION,
    DECIDED,
    DRAC,
    FORECAST,
    REVISED,
    SCREENED,
    WORKED,
    action,
    campaign,
    line,
    project,
    report,
    reported,
    workshop,
)


class Dossier:
    """The campaign, project, actions and report of dossier A, with ids of their own."""

    def __init__(self) -> None:
        self.campaign, self.project, self.a1, self.a2, self.report = (uuid4() for _ in range(5))
        self.where = {"campaign": str(self.campaign)}
        self.common: dict[str, Any] = {"campaign_id": self.campaign, "project_id": self.project}

    def called(self):
        return campaign(self.campaign)

    def at(self, state, version, lines=DECIDED, budgets=None):
        return project(
            self.project,
            version,
            state=state,
            campaign_id=self.campaign,
            lines=lines,
            budgets=budgets or Budgets(forecast=FORECAST),
        )

    def workshop(self, version=1, **given):
        return workshop(self.a1, version, **self.common, **given)

    def screening(self, version=1, **given):
        return action(self.a2, version, **self.common, **given)

    def reported(self, version=1, **given):
        actions = [reported(self.workshop(), WORKED), reported(self.screening(), SCREENED)]
        return report(self.report, actions, version, **self.common, **given)


ASKED = tuple(replace(one, state=LineStatus.REQUESTED, granted=None, payments=()) for one in DECIDED)


@pytest.fixture
def dossier():
    return Dossier()


async def test_money_is_asked_granted_and_paid_at_its_steps(db, reader, dossier):
    planned = tuple(replace(one, state=LineStatus.PLANNED) for one in ASKED)
    await hear(db, dossier.called(), dossier.at(ProjectStatus.DRAFT, 1, planned))
    assert await reader.value("I17", "asked", **dossier.where) == {"amount": "0.00", "currency": "EUR"}
    await hear(db, dossier.at(ProjectStatus.SUBMITTED, 2, ASKED))
    assert await reader.value("I17", "asked", **dossier.where) == {"amount": "3600.00", "currency": "EUR"}
    assert await reader.value("I17", "granted", **dossier.where) == {"amount": "0.00", "currency": "EUR"}
    await hear(db, dossier.at(ProjectStatus.VALIDATED, 3))
    assert await reader.value("I17", "granted", **dossier.where) == {"amount": "2900.00", "currency": "EUR"}
    assert await reader.value("I17", "paid", **dossier.where) == {"amount": "1120.00", "currency": "EUR"}
    by_funder = await reader.ask(indicator="I17", group_by="funder", **dossier.where)
    paid = {row["dimensions"]["funder"]: row["value"]["amount"] for row in rows(by_funder, "paid")}
    assert (paid[str(DRAC)], paid[str(CITY)]) == ("1120.00", "0.00")


async def test_shares_are_null_then_provisional_then_final(db, reader, dossier):
    await hear(
        db,
        dossier.called(),
        dossier.at(ProjectStatus.VALIDATED, 3, budgets=Budgets(forecast=FORECAST, revised=REVISED)),
    )
    for indicator in ("I18", "I19", "I21"):
        assert await reader.value(indicator, **dossier.where) is None
    await hear(db, dossier.at(ProjectStatus.FUNDED, 4, budgets=Budgets(forecast=FORECAST, revised=REVISED)))
    provisional = (await reader.ask(indicator="I18,I19,I20,I21", **dossier.where)).json()["figures"]
    assert [figure["provisional"] for figure in provisional] == [True] * 4
    assert [figure["rows"][0]["value"] for figure in provisional[:2]] == ["47.9", "52.1"]
    assert provisional[3]["rows"][0]["value"] is None
    await hear(db, dossier.workshop(), dossier.screening())
    assert await reader.value("I21", **dossier.where) == {"amount": "14.98", "currency": "EUR"}
    final = Budgets(forecast=FORECAST, revised=REVISED, actual=ACTUAL)
    await hear(db, dossier.at(ProjectStatus.CLOSED, 5, budgets=final))
    said = (await reader.ask(indicator="I18,I19,I20,I21", **dossier.where)).json()["figures"]
    assert [figure["provisional"] for figure in said] == [False] * 4
    assert [figure["rows"][0]["value"] for figure in said] == [
        "46.1",
        "53.9",
        {"amount": "1560.00", "currency": "EUR"},
        {"amount": "15.56", "currency": "EUR"},
    ]


async def test_actions_and_people_count_when_held_and_where(db, reader, dossier):
    await hear(
        db,
        dossier.called(),
        dossier.workshop(state=ActionStatus.IN_PROGRESS),
        dossier.screening(state=ActionStatus.POSTPONED),
    )
    for indicator in ("I01", "I03", "I05"):
        assert await reader.value(indicator, **dossier.where) == 0
    await hear(db, dossier.workshop(2), dossier.screening(2))
    assert await reader.value("I01", **dossier.where) == 2
    assert await reader.value("I03", **dossier.where) == 9
    assert await reader.value("I05", **dossier.where) == 214
    by_month = await reader.ask(indicator="I01", group_by="month,type", **dossier.where)
    assert [(row["dimensions"]["month"], row["dimensions"]["type"]) for row in rows(by_month, "value")] == [
        ("2025-04", "programming_workshop"),
        ("2025-07", "open_air_screening"),
    ]
    assert await reader.value("I12", "actions", **dossier.where) == 2
    assert await reader.value("I13", "rural_share", **dossier.where) == "0.0"
    assert await reader.value("I05", **dossier.where, year="2025", region="75", department="86") == 214
    assert await reader.value("I05", **dossier.where, department="87") == 0


async def test_breakdowns_count_from_the_report_s_validation(db, reader, dossier):
    await hear(db, dossier.called(), dossier.workshop(), dossier.screening())
    await hear(db, dossier.reported(1, state=ReportStatus.SUBMITTED), dossier.reported(2, state=ReportStatus.RETURNED))
    before = await reader.ask(indicator="I09", **dossier.where)
    assert set(cells(before, "age_band", audience="spectators").values()) == {0}
    await hear(db, dossier.reported(3))
    exact = await reader.ask(indicator="I09,I10,I11,I12", **dossier.where)
    assert cells(exact, "age_band", audience="spectators") == {
        "under_12": 62,
        "from_12_to_17": 48,
        "from_18_to_25": 27,
        "from_26_to_59": 58,
        "from_60": 19,
        "unknown": 0,
    }
    assert cells(exact, "age_band", audience="participants")["from_18_to_25"] == 2
    [share] = rows(exact, "share_12_25", audience="spectators")
    assert (share["value"], share["numerator"], share["denominator"]) == ("35.0", 75, 214)
    [residents] = rows(exact, "residents_share", audience="spectators")
    assert residents["value"] == "79.9"
    methods = {row["dimensions"]["method"] for row in rows(exact, "method", audience="spectators")}
    assert methods == {"estimated"}


async def test_what_everybody_sees_of_it_after_the_day_s_close(db, reader, dossier):
    await hear(db, dossier.called(), dossier.workshop(), dossier.screening(), dossier.reported())
    before = await reader.public(indicator="I09", **dossier.where)
    assert {row["value"] for row in rows(before, "age_band")} == {None}
    assert await reader.close_day() >= 2
    shown = await reader.public(indicator="I03,I05,I09,I10", **dossier.where)
    assert [figure["rows"][0]["value"] for figure in shown.json()["figures"][:2]] == [9, 214]
    assert cells(shown, "age_band", audience="spectators")["from_18_to_25"] == 27
    assert cells(shown, "age_band", audience="participants") == {
        "under_12": 0,
        "from_12_to_17": None,
        "from_18_to_25": None,
        "from_26_to_59": 0,
        "from_60": 0,
        "unknown": 0,
    }
    assert cells(shown, "gender", audience="participants") == {"women": None, "men": None, "other": 0, "unknown": 0}
    [total] = [row for row in rows(shown, "total", audience="participants") if row["value"] is not None][:1]
    assert (total["value"], total["hidden"]) == (9, False)
    [share] = rows(shown, "share_12_25", audience="spectators")
    assert (share["value"], share["closed_at"]) == ("35.0", "2025-12-31T22:00:00Z")
    [hidden] = rows(shown, "share_12_25", audience="participants")
    assert (hidden["value"], hidden["hidden"], hidden["numerator"]) == (None, True, None)


async def test_who_reads_a_breakdown_exactly(db, reader, dossier):
    await hear(db, dossier.called(), dossier.workshop(), dossier.screening(), dossier.reported())

    async def seen(role, **asked):
        answer = await reader.ask(role, indicator="I09", **asked)
        assert answer.status_code == 200, answer.text
        return cells(answer, "age_band", audience="participants")["from_18_to_25"]

    assert await seen(Role.NATIONAL_COORDINATION, **dossier.where) == 2
    assert await seen(Role.REGIONAL_COORDINATOR, own=COORDINATION, **dossier.where) == 2
    assert await seen(Role.COMMITTEE_MEMBER, own=COORDINATION, **dossier.where) == 2
    assert await seen(Role.REGIONAL_COORDINATOR, own=uuid4(), **dossier.where) is None
    assert await seen(Role.DASHBOARD, **dossier.where) is None
    assert await seen(Role.DRAC_ADVISER, **dossier.where) is None
    assert await seen(Role.COLLECTIVITY_SYSTEM, **dossier.where) is None


async def test_what_is_behind_a_figure_adds_up_to_it(db, reader, dossier):
    await hear(db, dossier.called(), dossier.at(ProjectStatus.FUNDED, 4), dossier.workshop(), dossier.screening(3))
    answer = await reader.ask(indicator="I05", **dossier.where)
    [figure] = answer.json()["figures"]
    behind = await reader.client.get(figure["actions"], headers=bearer())
    [part] = behind.json()["items"]
    assert part["amount"] == 214
    assert (part["aggregate"], part["id"], part["version"]) == ("action", str(dossier.a2), 3)
    assert (part["topic"], part["event_id"]) == ("passeurs.actions.action.state.v1", f"{dossier.a2}/3")
    granted = await reader.client.get("/v1/figures/I17/actions", params=dossier.where, headers=bearer())
    amounts = [one["amount"] for one in granted.json()["items"] if one["quantity"] == "granted"]
    assert sum(amounts) == 290_000


async def test_what_is_behind_is_bounded_as_the_figure_was(db, reader, dossier):
    await hear(db, dossier.called(), dossier.at(ProjectStatus.FUNDED, 4), dossier.workshop(), dossier.screening(3))
    await hear(db, dossier.reported())

    async def behind(indicator, **own):
        where = {**dossier.where, **own}
        answer = await reader.client.get(f"/v1/figures/{indicator}/actions", params=where, headers=bearer())
        return [(one["quantity"], one["category"], one["amount"]) for one in answer.json()["items"]]

    of_age = await behind("I09")
    assert {category.split("/")[0] for quantity, category, _ in of_age if quantity == "method"} == {"age_band"}
    young = await behind("I09", age_band="from_18_to_25")
    assert young == [one for one in of_age if one[:2] == ("age_band", "from_18_to_25")] != []
    methods = await behind("I09", method="estimated")
    assert methods == [one for one in of_age if one[:2] == ("method", "age_band/estimated")] != []
    dense = [category for _, category, _ in await behind("I13")]
    assert [category for _, category, _ in await behind("I13", density=dense[0])] == [dense[0]] * dense.count(dense[0])


async def test_what_is_behind_comes_page_by_page(db, reader, dossier):
    await hear(db, dossier.called(), dossier.at(ProjectStatus.FUNDED, 4))
    path, found = "/v1/figures/I17/actions?" + f"campaign={dossier.campaign}&limit=4", []
    while path:
        answer = await reader.client.get(path, headers=bearer())
        found += [item["part"] for item in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url")
    assert len(found) == len(set(found)) == 9


async def test_only_those_who_may_read_the_files_look_behind(db, reader, dossier):
    await hear(db, dossier.called(), dossier.screening())

    async def behind(role, **own):
        answer = await reader.client.get("/v1/figures/I05/actions", params=dossier.where, headers=bearer(role, **own))
        return answer.status_code, len(answer.json().get("items", []))

    assert await behind(Role.NATIONAL_COORDINATION) == (200, 1)
    assert await behind(Role.REGIONAL_COORDINATOR, coordination=COORDINATION) == (200, 1)
    assert await behind(Role.REGIONAL_COORDINATOR, coordination=uuid4()) == (200, 0)
    assert await behind(Role.DRAC_ADVISER, codes=("86",)) == (200, 1)
    assert await behind(Role.DRAC_ADVISER, codes=("33",)) == (200, 0)
    for role in (Role.DASHBOARD, Role.PROJECT_HOLDER, Role.FUNDER, Role.COLLECTIVITY_SYSTEM):
        assert await behind(role) == (403, 0)
    assert (await reader.ask(Role.DASHBOARD, indicator="I05")).json()["figures"][0]["actions"] is None


async def test_a_line_that_leaves_the_project_is_taken_back(db, reader, dossier):
    await hear(db, dossier.called(), dossier.at(ProjectStatus.SUBMITTED, 2, ASKED))
    await hear(db, dossier.at(ProjectStatus.SUBMITTED, 3, (line("only", DRAC, 100),)))
    assert await reader.value("I17", "asked", **dossier.where) == {"amount": "100.00", "currency": "EUR"}


async def test_from_a_figure_to_the_session_and_to_what_happened(db, reader, dossier):
    """Drill down: the figure, the sessions behind it, and every fact of their action, where it stands on Kafka."""
    screening = dossier.screening(3)
    await hear(db, dossier.called(), dossier.workshop(), screening)
    held = replace(examples.least(ActionHeld), action_id=dossier.a2)
    planned = replace(examples.least(ActionPlanned), action_id=dossier.a2)
    await trace(db, dossier.a2, planned, held, held)
    answer = await reader.ask(indicator="I05", **dossier.where)
    [figure] = answer.json()["figures"]
    [part] = (await reader.client.get(figure["actions"], headers=bearer())).json()["items"]
    assert part["session_id"] == str(screening.sessions[0].id)
    found = await reader.client.get(part["events"], headers=bearer())
    assert [(one["type"], one["version"]) for one in found.json()["items"]] == [
        ("fr.passeursdimages.action.planned.v1", 1),
        ("fr.passeursdimages.action.held.v1", 2),
    ]
    assert {one["topic"] for one in found.json()["items"]} == {"passeurs.actions.action.events.v1"}
    elsewhere = await reader.client.get(part["events"], headers=bearer(Role.REGIONAL_COORDINATOR, coordination=uuid4()))
    assert elsewhere.json()["items"] == [], "who does not see the part does not see what happened"
    assert (await reader.client.get(part["events"], headers=bearer(Role.DASHBOARD))).status_code == 403

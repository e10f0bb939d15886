"""From a verdict to its law: whatever rule and version a verdict of any service names, anybody may read it."""

import pytest

from docs import rules
from tests.integration.partners.outside.house import problem

NAMED = sorted({(rule.id, rule.version) for some in rules.JUDGES.values() for rule in some})


async def test_every_rule_and_version_that_a_verdict_may_name_is_answered_without_a_token(house):
    records = {(service, rule.id, rule.version): rule for service, some in rules.JUDGES.items() for rule in some}
    for name, version in NAMED:
        answer = await house.http.get(f"/v1/rules/{name}/{version}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=300"), name
        for one in answer.json()["items"]:
            rule = records.pop((one["judged_by"], name, one["version"]))
            said = [one["text"], one["texte"], one["source"], one["valid_from"], one["parameters"]]
            assert said == [rule.text, rule.texte, rule.source, str(rule.valid_from), dict(rule.parameters)]
            assert one["valid_until"] == (None if rule.valid_until is None else str(rule.valid_until))
            assert one["sets"] == {key: list(values) for key, values in rule.sets.items()}
    assert records == {}


async def test_several_services_judge_by_one_rule_each_by_its_own_record(house):
    both = (await house.http.get("/v1/rules/R39/1")).json()["items"]
    assert [one["judged_by"] for one in both] == ["actions", "catalogue"]


async def test_a_rule_is_read_in_all_its_versions_by_whoever_found_none_in_force(house):
    found = (await house.http.get("/v1/rules/R34")).json()["items"]
    assert [(one["version"], one["valid_from"], one["valid_until"]) for one in found] == [
        ("1", "2015-01-01", "2023-12-31"),
        ("2", "2024-01-01", "2024-12-31"),
        ("3", "2025-01-01", None),
    ]


async def test_a_verdict_on_a_commune_names_the_vintage_and_leads_to_its_rule_too(house):
    found = (await house.http.get("/v1/rules/R30/2025")).json()["items"]
    assert [(one["judged_by"], one["by_vintage"]) for one in found] == [("partners", True)]
    assert problem(await house.http.get("/v1/rules/R35/2025")) == (404, "no-such-rule")


async def test_what_a_region_decides_is_told_with_what_holds_where_it_says_nothing(house):
    ((choice,),) = [one["regional"] for one in (await house.http.get("/v1/rules/R16/1")).json()["items"]]
    assert (choice["field"], choice["values"], choice["default"]) == (
        "under_12_outdoors",
        ["refused", "with_access_note"],
        "refused",
    )
    assert [(one["coordination"], one["departments"], one["value"]) for one in choice["practice"]] == [
        ("Le RECIT", ["67", "68"], "refused")
    ]
    ((deadline,),) = [one["regional"] for one in (await house.http.get("/v1/rules/R22/1")).json()["items"]]
    assert deadline["default"] is None


async def test_all_of_them_are_one_list(house):
    listed = (await house.http.get("/v1/rules")).json()["items"]
    assert {(one["rule"], one["version"]) for one in listed} == set(NAMED)


@pytest.mark.parametrize("path", ["R99", "R99/1", "R01/7", "R01/2025", "r01/1", "R01/..."])
async def test_what_no_service_judges_by_is_not_there(house, path):
    assert problem(await house.http.get(f"/v1/rules/{path}")) == (404, "no-such-rule")


async def test_a_list_that_is_whole_has_no_filters(house):
    assert problem(await house.http.get("/v1/rules?rule=R01")) == (400, "unknown-filter")

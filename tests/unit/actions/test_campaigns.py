"""The days of a campaign: until when it is opened, and the seasons for which a DRAC names its last day (R11)."""

from dataclasses import replace

import pytest

from actions.domain import campaign
from actions.domain.refusals import OutsideCampaign, PeriodReversed
from common.contracts.actions import AuthorisationDeadline
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p


@pytest.mark.parametrize(
    ("moment", "in_time"), [("2024-12-31 23:59:59", True), ("2025-01-01 00:00", False)], ids=["last day", "after"]
)
def test_a_campaign_is_drafted_and_opened_until_its_last_day(moment, in_time):
    plan, when = replace(p.CAMPAIGN_PLAN, ends_on=p.day("2024-12-31")), p.at(moment)
    earlier, _ = campaign.draft(plan, p.COORDINATION, campaign_id=p.an_id("c"), at=p.at("2024-10-01 10:00"))
    if in_time:
        drafted, _ = campaign.draft(plan, p.COORDINATION, campaign_id=p.an_id("c"), at=when)
        assert campaign.open_call(drafted, p.COORDINATION, at=when)[0].date == drafted.ends_on
        return
    with pytest.raises(PeriodReversed) as refused:
        campaign.draft(plan, p.COORDINATION, campaign_id=p.an_id("c"), at=when)
    assert refused.value.errors[0].pointer == "/ends_on"
    with pytest.raises(OutsideCampaign):
        campaign.open_call(earlier, p.COORDINATION, at=when)


def test_r11_a_season_does_not_end_before_it_begins():
    """A day of no season has no last day for the request: the DRAC's would be forgotten without a word."""
    first, last, by = (p.day(one) for one in ("2025-07-01", "2025-06-30", "2025-05-22"))
    seasons = (
        AuthorisationDeadline(first_on=last, last_on=last, request_by=by),
        AuthorisationDeadline(first_on=first, last_on=last, request_by=by),
    )
    rules, when = replace(p.RULES, authorisation_deadlines=seasons), p.at("2024-10-01 10:00")
    plan = replace(p.CAMPAIGN_PLAN, rules=rules)
    with pytest.raises(PeriodReversed) as refused:
        campaign.draft(plan, p.COORDINATION, campaign_id=p.an_id("c"), at=when)
    assert refused.value.errors[0].pointer == "/rules/authorisation_deadlines/1/last_on"
    with pytest.raises(PeriodReversed) as refused:
        campaign.change_rules(a.an_open_campaign(), rules, at=p.at("2024-11-01 10:00"))
    assert refused.value.errors[0].pointer == "/authorisation_deadlines/1/last_on"
    one_day = replace(rules, authorisation_deadlines=seasons[:1])
    assert campaign.change_rules(a.an_open_campaign(), one_day, at=p.at("2024-11-01 10:00"))[0].rules.number == 2

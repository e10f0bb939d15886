"""What a webhook says, and the kinds of events that can be asked for."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts import DERIVED, PUBLISHERS
from common.contracts.actions import About
from common.contracts.actions.vocabulary import ProjectStatus
from partners.domain.cloudevent import Fact, numbered, short_type, thin
from partners.domain.eventtypes import EVENT_TYPES, NOTICES, UnknownEventType, matches, require_known, short
from partners.domain.visibility import AMONG_US

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SUBJECT = str(UUID(int=5))
ABOUT = About(
    campaign_id=UUID(int=20),
    project_id=UUID(int=21),
    coordination_id=UUID(int=22),
    project_state=ProjectStatus.FUNDED,
    effective_on=date(2025, 7, 25),
    vintage=2025,
    municipalities=("86194",),
    departments=("86",),
    regions=("75",),
    holder_id=UUID(int=23),
    parties=(UUID(int=24),),
)


def said(fact, ce_type="fr.passeursdimages.action.held.v1"):
    written = thin(
        fact,
        event_id=UUID(int=1),
        source="/services/actions",
        ce_type=ce_type,
        subject=SUBJECT,
        time=NOON,
        version=7,
    )
    return written, json.loads(numbered(written, 41))


def test_r41_of_a_closed_circuit_no_day_leaves_the_house_before_it_was_held():
    _, open_to_all = said(Fact(about=ABOUT))
    written, event = said(Fact(about=replace(ABOUT, day_withheld=True)))
    assert open_to_all["data"].pop("effective_on") == "2025-07-25"
    assert event == open_to_all
    assert "2025-07" not in written


def test_it_is_a_cloudevent_with_its_number_at_the_end():
    written, event = said(Fact(occurred_at=NOON, about=ABOUT, changed=("sessions",)))
    assert event == {
        "specversion": "1.0",
        "id": str(UUID(int=1)),
        "source": "/services/actions",
        "type": "fr.passeursdimages.action.held.v1",
        "subject": SUBJECT,
        "time": "2026-11-22T12:00:00Z",
        "datacontenttype": "application/json",
        "aggversion": 7,
        "data": {
            "id": SUBJECT,
            "version": 7,
            "occurred_at": "2026-11-22T12:00:00Z",
            "changed": ["sessions"],
            "project": str(ABOUT.project_id),
            "campaign": str(ABOUT.campaign_id),
            "effective_on": "2025-07-25",
            "territory": {
                "vintage": 2025,
                "regions": ["75"],
                "departments": ["86"],
                "municipalities": ["86194"],
            },
            "links": {"self": f"/v1/actions/{SUBJECT}"},
        },
        "sequence": 41,
    }
    assert numbered(written, 41).endswith(',"sequence":41}')


def test_it_is_thin():
    """Neither holder, nor parties, nor funders: the receiver reads what it may with its own token."""
    written, _ = said(Fact(about=ABOUT))
    assert str(ABOUT.holder_id) not in written
    assert str(ABOUT.parties[0]) not in written
    assert str(ABOUT.coordination_id) not in written


@pytest.mark.parametrize(
    ("ce_type", "link"),
    [
        ("fr.passeursdimages.rights_offer.offered.v1", f"/v1/rights-offers/{SUBJECT}"),
        ("fr.passeursdimages.copy.withdrawn.v1", f"/v1/copies/{SUBJECT}"),
        ("fr.passeursdimages.organisation.closed.v1", f"/v1/organisations/{SUBJECT}"),
        ("fr.passeursdimages.territory.vintage_published.v1", "/v1/territories/2025/departments/86"),
    ],
)
def test_it_leads_to_where_its_subject_is_read(ce_type, link):
    _, event = said(Fact(vintage=2025, department="86"), ce_type)
    assert event["data"]["links"] == {"self": link}


@given(sequence=st.integers(1, 2**53))
def test_numbers_change_nothing_else(sequence):
    written, _ = said(Fact(about=ABOUT))
    event = json.loads(numbered(written, sequence))
    assert event.pop("sequence") == sequence
    assert event == json.loads(written)


def test_types_are_short_or_full():
    assert short_type("fr.passeursdimages.project.submitted.v1") == "project.submitted"
    assert short("fr.passeursdimages.project.submitted.v1") == "project.submitted"
    assert short("project.submitted") == "project.submitted"


def test_all_that_the_contracts_announce_to_others_can_be_asked_for():
    heard = {one.name.partition(".")[0] for one in EVENT_TYPES}
    assert heard == set(PUBLISHERS) - DERIVED - AMONG_US
    assert all(one.description for one in (*EVENT_TYPES, *NOTICES))
    assert len({one.type for one in (*EVENT_TYPES, *NOTICES)}) == len(EVENT_TYPES) + len(NOTICES)


def test_a_subscription_names_what_exists():
    assert require_known(["action.*", "action.*", "fr.passeursdimages.project.funded.v1", "*"]) == (
        "action.*",
        "project.funded",
        "*",
    )
    with pytest.raises(UnknownEventType) as refused:
        require_known(["action.held", "action.hold", "nothing.*"])
    assert [one.pointer for one in refused.value.errors] == ["/event_types/1", "/event_types/2"]
    with pytest.raises(UnknownEventType):
        require_known([])


def test_patterns_stop_at_the_dot():
    assert matches("action.*", "action.held")
    assert not matches("action.*", "actions.held")
    assert not matches("act.*", "action.held")

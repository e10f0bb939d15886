"""What readers may not read of what they see: the money, and where and when a closed circuit is (R41)."""

from dataclasses import replace

import msgspec
import pytest

from actions.domain import access, disclosure
from actions.domain.action import Action
from common.contracts.access import LEVEL_OF, Role
from common.contracts.actions import ActionState, ActionStatus, ClosedCircuit, ReportState, Setting
from common.contracts.money import cents
from common.errors import NotYours
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.test_access import READERS, SITE, a_client

VILLE = a_client(Role.COLLECTIVITY_SYSTEM)
RELAY = a_client(Role.LOCAL_RELAY)
INSIDE = {
    *(Role.PROJECT_HOLDER, Role.CLOSED_SITE_AUTHORITY),
    *(Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER),
}
DECIDING = {Role.DRAC_ADVISER, Role.CNC_OPEN_AIR_OFFICER}


NEVER = "Vivonne", "QN08605M", str(SITE), p.SQUARE.label, "46.594387", "0.373211"
"""What names or shows the place: nobody outside reads it, not even once it was held."""


def in_prison(action: Action, **said) -> Action:
    """Have it take place in a prison of Poitiers, with everything that somebody may have written about it."""
    return replace(
        action,
        title="Ciné à Vivonne",
        description="Au quartier des femmes de Vivonne",
        setting=Setting.CLOSED_SITE,
        closed_circuit=ClosedCircuit.PRISON,
        site_authority_id=SITE,
        organiser_id=SITE,
        access_note="Par le sas de Vivonne",
        **said,
    )


def told(state: ActionState) -> str:
    return msgspec.json.encode(state).decode()


def test_before_the_funding_its_own_lines_and_no_budget():
    whole = a.all_decided(a.a_validated()).project.published()
    seen = disclosure.project_for(VILLE, whole)
    assert [line.funder_id for line in seen.lines] == [p.VILLE]
    assert (seen.budgets.forecast, seen.budgets.revised, seen.budgets.actual) == (None, None, None)
    assert seen.conventions == ()
    assert [decision.recommended for decision in seen.decisions] == [None]
    assert (seen.title, seen.municipalities, seen.version) == (whole.title, whole.municipalities, whole.version)


def test_once_funded_the_totals():
    whole = a.report_validated(a.reported(a.an_ended()))
    seen = disclosure.project_for(VILLE, whole.project.published())
    actual = p.there(seen.budgets.actual)
    assert (cents(actual.cash_charges), cents(actual.in_kind_total)) == (347_000, 156_000)
    assert (actual.charges, actual.resources, actual.in_kind_charges) == ((), (), ())
    assert [share.funder_id for share in actual.lines] == [p.VILLE]
    report = disclosure.report_for(VILLE, whole.report.published())
    assert report.actual == actual
    assert report.actions == whole.report.published().actions


def test_who_funds_nothing_there_reads_no_line():
    seen = disclosure.project_for(RELAY, a.a_funded().project.published())
    assert seen.lines == ()
    assert p.there(seen.budgets.revised).lines == ()


def test_its_own_part_of_a_convention():
    drac_in_poitiers = a_client(Role.COLLECTIVITY_SYSTEM, org=p.DRAC)
    seen = disclosure.project_for(drac_in_poitiers, a.all_decided(a.a_validated()).project.published())
    assert [convention.id for convention in seen.conventions] == [p.an_id("convention")]


def test_all_others_read_the_whole():
    whole, report = a.an_ended().project.published(), a.reported(a.an_ended()).report.published()
    for role in Role:
        if LEVEL_OF[role] != "municipalities":
            assert disclosure.project_for(a_client(role), whole) is whole
            assert disclosure.report_for(a_client(role), report) is report


@pytest.mark.parametrize("role", sorted(READERS))
def test_r41_those_inside_read_a_closed_circuit_whole(role):
    planned = a.screening_planned(a.a_funded()).screening
    asked = a.authorised(a.screening_planned(a.a_funded())).screening
    before, after = (in_prison(one).published() for one in (planned, asked))
    assert (disclosure.action_for(a_client(role), before) is before) is (role in INSIDE)
    assert (disclosure.action_for(a_client(role), after) is after) is (role in INSIDE | DECIDING)
    assert disclosure.action_for(a_client(role), planned.published()) == planned.published()


@pytest.mark.parametrize("role", sorted(READERS - INSIDE))
def test_r41_from_outside_it_is_a_commune_and_a_kind_of_establishment(role):
    scheduled = a.screening_planned(a.a_funded()).screening
    seen = disclosure.action_for(a_client(role), in_prison(scheduled).published())
    (place,) = seen.places
    assert (place.municipality, place.name, place.label, place.coordinates) == ("86194", "Poitiers", "prison", None)
    assert (place.priority_district, seen.site_authority_id, seen.sessions) == (None, None, ())
    assert not [word for word in (*NEVER, "2025-07") if word in told(seen)]


def test_r41_its_day_is_read_once_it_was_held_and_its_place_never():
    held = a.an_ended().screening
    seen = disclosure.action_for(VILLE, in_prison(held).published())
    assert [session.held_on for session in seen.sessions] == [p.day("2025-07-25")]
    assert (seen.held_on, seen.effective_on, seen.attendance) == (p.day("2025-07-25"), p.day("2025-07-25"), 214)
    assert not [word for word in (*NEVER, "direction") if word in told(seen)]


def test_r41_that_it_has_begun_is_seen_from_inside_only():
    begun = in_prison(replace(a.a_ready_screening().screening, state=ActionStatus.IN_PROGRESS))
    assert disclosure.action_for(VILLE, begun.published()).state is ActionStatus.SCHEDULED
    assert disclosure.outwardly(VILLE, begun).state is ActionStatus.SCHEDULED
    assert disclosure.outwardly(a_client(Role.PROJECT_HOLDER), begun) is begun


def test_r41_what_it_was_told_of_is_not_told_of_the_day():
    planned = in_prison(a.screening_planned(a.a_funded()).screening)
    assert planned.about().day_withheld
    assert not in_prison(a.an_ended().screening).about().day_withheld
    assert not a.screening_planned(a.a_funded()).screening.about().day_withheld


@pytest.mark.parametrize("role", [Role.COLLECTIVITY_SYSTEM, Role.FUNDER, Role.DRAC_ADVISER])
def test_r41_a_report_does_not_name_the_place_either(role):
    dossier = a.an_ended()
    report = a.reported(dossier.having(screening=in_prison(dossier.screening))).report.published()
    assert p.SQUARE.label in msgspec.json.encode(report).decode()
    seen: ReportState = disclosure.report_for(a_client(role), report)
    closed = next(one for one in seen.actions if one.closed_circuit)
    assert [(place.label, place.coordinates) for place in closed.places] == [("prison", None)]
    assert seen.narrative == ""
    assert disclosure.report_for(a_client(Role.PROJECT_HOLDER), report) is report


def test_r41_who_does_not_know_the_day_counts_nobody():
    closed = in_prison(a.a_ready_screening().screening)
    with pytest.raises(NotYours):
        access.require(RELAY, "action.record_attendance", closed)
    access.require(a_client(Role.PROJECT_HOLDER), "action.record_attendance", closed)


@pytest.mark.parametrize(
    ("role", "verb"),
    [
        (Role.DRAC_ADVISER, "action.record_opinion"),
        (Role.CNC_OPEN_AIR_OFFICER, "action.decide_authorisation"),
    ],
)
def test_r41_who_was_asked_for_nothing_neither_advises_nor_decides(role, verb):
    planned = in_prison(a.screening_planned(a.a_funded()).screening)
    with pytest.raises(NotYours):
        access.require(a_client(role), verb, planned)
    access.require(a_client(role), verb, in_prison(a.authorised(a.screening_planned(a.a_funded())).screening))

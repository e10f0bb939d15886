"""Of the money, a local authority reads its own lines, and the totals once the project is funded; all others all."""

from actions.domain import disclosure
from common.contracts.access import LEVEL_OF, Role
from common.contracts.money import cents
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.test_access import a_client

VILLE = a_client(Role.COLLECTIVITY_SYSTEM)
RELAY = a_client(Role.LOCAL_RELAY)


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

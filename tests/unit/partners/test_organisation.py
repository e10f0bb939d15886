"""Organisations: names, roles and identifiers that follow one another in time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.partners import Dated, DatedIdentifier, OrganisationIdentifier, OrganisationKind, OrganisationRole
from partners.domain.identifiers import Identifiers
from partners.domain.organisation import Description, NameMissing, Organisation, OrganisationAlreadyClosed
from partners.domain.periods import DatesGoBackwards, NothingToChange

NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)
KYRNEA = Description(
    name="Kyrnéa International",
    kind=OrganisationKind.CULTURAL_ASSOCIATION,
    identifiers=Identifiers(siret="73282932000074", siren="732829320"),
    roles=(OrganisationRole.TRAINER, OrganisationRole.COORDINATION),
)


def kyrnea(valid_from: date = date(1991, 1, 1)) -> Organisation:
    return Organisation.register(id=UUID(int=1), description=KYRNEA, valid_from=valid_from, at=NOON)[0]


def test_an_organisation_is_registered_with_the_day_its_description_begins():
    organisation, fact = Organisation.register(id=UUID(int=1), description=KYRNEA, valid_from=date(1991, 1, 1), at=NOON)
    assert (fact.organisation_id, fact.name, fact.valid_from) == (organisation.id, KYRNEA.name, date(1991, 1, 1))
    assert organisation.state(at=NOON).dated_roles == (
        Dated(value="coordination", valid_from=date(1991, 1, 1)),
        Dated(value="trainer", valid_from=date(1991, 1, 1)),
    )


def test_a_new_name_leaves_the_old_one_with_its_last_day():
    renamed, fact = kyrnea().change(
        replace(KYRNEA, name="L’Archipel des lucioles"), valid_from=date(2022, 11, 24), at=NOON
    )
    assert renamed.names == (
        Dated(value="Kyrnéa International", valid_from=date(1991, 1, 1), valid_until=date(2022, 11, 23)),
        Dated(value="L’Archipel des lucioles", valid_from=date(2022, 11, 24)),
    )
    assert (fact.changed, renamed.version) == (("name",), 2)
    assert renamed.state(at=NOON).name == "L’Archipel des lucioles"


def test_a_change_on_the_day_of_the_latest_one_corrects_it():
    corrected, _ = kyrnea().change(replace(KYRNEA, name="Kyrnea"), valid_from=date(1991, 1, 1), at=NOON)
    assert corrected.names == (Dated(value="Kyrnea", valid_from=date(1991, 1, 1)),)


def test_a_change_before_the_latest_one_is_refused():
    with pytest.raises(DatesGoBackwards):
        kyrnea().change(replace(KYRNEA, name="Kyrnea"), valid_from=date(1990, 12, 31), at=NOON)


def test_a_change_that_changes_nothing_is_refused():
    with pytest.raises(NothingToChange):
        kyrnea().change(replace(KYRNEA, roles=KYRNEA.roles[::-1]), valid_from=date(2020, 1, 1), at=NOON)


def test_a_role_given_up_and_taken_again_has_two_periods():
    without, _ = kyrnea().change(
        replace(KYRNEA, roles=(OrganisationRole.TRAINER,)), valid_from=date(2000, 1, 1), at=NOON
    )
    again, _ = without.change(KYRNEA, valid_from=date(2010, 1, 1), at=NOON)
    assert [one for one in again.dated_roles if one.value == "coordination"] == [
        Dated(value="coordination", valid_from=date(1991, 1, 1), valid_until=date(1999, 12, 31)),
        Dated(value="coordination", valid_from=date(2010, 1, 1)),
    ]


def test_an_identifier_changes_with_the_establishment():
    moved, _ = kyrnea().change(
        replace(KYRNEA, identifiers=Identifiers(siret="35600000049837", siren="356000000")),
        valid_from=date(2018, 1, 1),
        at=NOON,
    )
    assert [one for one in moved.identifiers if one.scheme is OrganisationIdentifier.SIRET] == [
        DatedIdentifier(
            scheme=OrganisationIdentifier.SIRET,
            value="73282932000074",
            valid_from=date(1991, 1, 1),
            valid_until=date(2017, 12, 31),
        ),
        DatedIdentifier(scheme=OrganisationIdentifier.SIRET, value="35600000049837", valid_from=date(2018, 1, 1)),
    ]


def test_closing_ends_what_was_open_and_is_for_ever():
    closed, fact = kyrnea().close(closed_on=date(2017, 12, 31), at=NOON)
    state = closed.state(at=NOON)
    assert (fact.closed_on, state.closed_on) == (date(2017, 12, 31), date(2017, 12, 31))
    ends = [one.valid_until for one in (*state.names, *state.dated_roles)]
    ends += [one.valid_until for one in state.identifiers]
    assert set(ends) == {date(2017, 12, 31)}
    with pytest.raises(OrganisationAlreadyClosed):
        closed.close(closed_on=date(2018, 1, 1), at=NOON)
    with pytest.raises(OrganisationAlreadyClosed):
        closed.change(replace(KYRNEA, name="x"), valid_from=date(2018, 1, 1), at=NOON)


def test_an_organisation_cannot_close_before_it_was_called_so():
    with pytest.raises(DatesGoBackwards):
        kyrnea().close(closed_on=date(1990, 12, 31), at=NOON)


def test_an_organisation_has_a_name():
    with pytest.raises(NameMissing):
        Organisation.register(
            id=UUID(int=1), description=replace(KYRNEA, name=" \n "), valid_from=date(2020, 1, 1), at=NOON
        )


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400)), max_size=12))
def test_whatever_changes_come_names_never_overlap_and_leave_no_gap(changes):
    organisation = kyrnea(date(2020, 1, 1))
    for name, day in changes:
        try:
            described = replace(organisation.described, name=name)
            day_on = date.fromordinal(date(2020, 1, 1).toordinal() + day)
            organisation, _ = organisation.change(described, valid_from=day_on, at=NOON)
        except (NothingToChange, DatesGoBackwards):
            continue
    periods = organisation.names
    assert periods[-1].valid_until is None
    for one, following in pairwise(periods):
        assert one.valid_until is not None
        assert one.valid_from <= one.valid_until
        assert one.valid_until.toordinal() + 1 == following.valid_from.toordinal()

"""By what films are counted, and what of it is shown."""

import re
from dataclasses import fields

import pytest

from catalogue.domain.facets import CHOICES, LENGTHS, VALUES_MAX, Choice, Counts, Facet, Value, length
from catalogue.domain.film import FEATURE_OVER_MINUTES
from catalogue.domain.versions import LONGEST_MINUTES
from catalogue.store.filters import ALWAYS, CONDITIONS, FILTERED, Filters


def test_lengths_follow_one_another_and_a_feature_begins_with_one():
    assert (LENGTHS[0][0], LENGTHS[-1][1]) == (1, LONGEST_MINUTES)
    assert [last + 1 for _, last in LENGTHS[:-1]] == [first for first, _ in LENGTHS[1:]]
    assert FEATURE_OVER_MINUTES + 1 in [first for first, _ in LENGTHS]
    assert [length(n) for n in (1, len(LENGTHS))] == ["1-15", f"121-{LONGEST_MINUTES}"]


def test_every_facet_is_of_a_choice_and_every_choice_has_a_condition_and_a_facet():
    assert set(CHOICES) == set(Facet)
    assert set(CHOICES.values()) == set(CONDITIONS) == set(Choice)


def test_the_values_that_most_films_have_are_shown_first_and_no_more_than_some():
    values = [Value(value=f"{n:03}", count=n % 7) for n in range(VALUES_MAX + 1)]
    shown, more = Counts(total=9, facets={Facet.COUNTRY: values}).shown(Facet.COUNTRY)
    assert (len(shown), more, shown[0].count, shown[0].value) == (VALUES_MAX, True, 6, "006")
    assert [one.count for one in shown] == sorted((one.count for one in shown), reverse=True)
    assert Counts(total=9, facets={Facet.COUNTRY: values[1:]}).shown(Facet.COUNTRY)[1] is False


MADE_OF = {
    Choice.DURATION: {"minutes_min", "minutes_max"},
    Choice.YEAR: {"year", "year_min", "year_max"},
    Choice.LIST: {"list_id", "list_scheme", "list_year"},
    Choice.RIGHTS: {"rights_on", "rights_in", "rights_for"},
}
"""Any other choice is one filter, of its own name."""


@pytest.mark.parametrize("choice", Choice)
def test_a_choice_narrows_by_what_it_is_made_of_and_by_nothing_else(choice: Choice):
    """The numbers of the parameters are those of the fields."""
    names = [field.name for field in fields(Filters)]
    assert {names[int(n) - 1] for n in re.findall(r"\$(\d+)", CONDITIONS[choice])} == MADE_OF.get(choice, {choice})


def test_every_parameter_is_used():
    numbers = {int(n) for n in re.findall(r"\$(\d+)", FILTERED)}
    assert numbers == set(range(1, len(fields(Filters)) + 1))
    assert not set(re.findall(r"\$\d+", ALWAYS)) & set(re.findall(r"\$\d+", " ".join(CONDITIONS.values())))

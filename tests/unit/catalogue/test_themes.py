"""What films are about: a vocabulary, and how a film's themes are said."""

import re
from uuid import UUID

import pytest

from catalogue.domain.film import InvalidFilm, NothingToChange
from catalogue.domain.imports import Result
from catalogue.domain.merging import merge
from catalogue.domain.themes import VOCABULARY
from tests.unit.catalogue.films import CLIENT, NOON, a_film
from tests.unit.catalogue.test_imports import ours

HEADER = "title,directors,year,themes"


def test_each_theme_is_a_code_with_words_of_its_own_in_both_languages():
    assert all(re.fullmatch("[a-z_]{1,40}", theme.code) for theme in VOCABULARY)
    for words in ("code", "libelle", "label"):
        said = [getattr(theme, words).casefold() for theme in VOCABULARY]
        assert all(said), words
        assert len(said) == len(set(said)), words


def test_themes_are_a_set_written_in_one_order():
    film = a_film(themes=("work", "exile", "work"))
    assert film.description.themes == ("exile", "work")
    with pytest.raises(NothingToChange):
        film.change({"themes": ("work", "exile")}, at=NOON)


def test_a_theme_is_one_of_the_vocabulary():
    with pytest.raises(InvalidFilm) as refused:
        a_film(themes=("exile", "western"))
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/themes/1", "unknown-theme")]


def test_themes_are_published_and_somebody_answers_for_them():
    film = a_film(themes=("exile",)).told(None, CLIENT, at=NOON)
    assert film.state(at=NOON).themes == ("exile",)
    changed, fact = film.change({"themes": ()}, at=NOON)
    assert (changed.state(at=NOON).themes, fact.changed) == ((), ("themes",))
    assert "themes" in film.said[0].fields
    assert "themes" not in [name for one in changed.told(film, CLIENT, at=NOON).said for name in one.fields]


def test_a_film_that_two_are_is_about_what_both_are_about():
    duplicate, survivor = a_film(themes=("work", "exile")), a_film(id_=UUID(int=2), themes=("city", "work"))
    done = merge(duplicate, survivor, (), by=CLIENT, at=NOON)
    assert done.survivor.description.themes == ("city", "exile", "work")
    assert done.differences == ()


def test_our_own_file_says_themes_by_their_codes():
    [entered] = ours("Le Tableau,Jean-François Laguionie,2011,work|exile", header=HEADER)
    assert entered.film
    assert entered.film.description.themes == ("exile", "work")
    [again] = ours("Le Tableau,Jean-François Laguionie,2011,exile | work", header=HEADER, knowing=[entered.film])
    assert again.result is Result.UNCHANGED
    [silent] = ours("Le Tableau,Jean-François Laguionie,2011,", header=HEADER, knowing=[entered.film])
    assert silent.result is Result.UNCHANGED
    [changed] = ours("Le Tableau,Jean-François Laguionie,2011,art", header=HEADER, knowing=[entered.film])
    assert changed.film
    assert changed.film.description.themes == ("art",)
    with pytest.raises(InvalidFilm):
        ours("Le Tableau,Jean-François Laguionie,2011,western", header=HEADER)

"""How titles are shown, filed and found again."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain import titles
from catalogue.domain.search import Question, closeness, distance, ranked, resembling
from catalogue.store.films import found_by
from tests.unit.catalogue.films import a_film

CATALOGUE = {
    film.description.title: film
    for n, film in enumerate(
        (
            a_film(title="Le Tableau", directors=("Jean-François Laguionie",)),
            a_film(title="À bout de souffle", directors=("Jean-Luc Godard",)),
            a_film(title="Les Quatre Cents Coups", directors=("François Truffaut",)),
            a_film(title="D'une pierre deux coups", directors=("Fejria Deliba",)),
            a_film(title="E.T. l'extra-terrestre", directors=("Steven Spielberg",)),
            a_film(title="Et après", directors=("Pierre Menahem",)),
            a_film(title="L'Arroseur arrosé", directors=("Louis Lumière",)),
            a_film(title="Le Cœur noir des forêts", directors=("Serge Mirzabekiantz",)),
            a_film(title="Kirikou et la Sorcière", directors=("Michel Ocelot",)),
            a_film(title="Linda veut du poulet !", directors=("Chiara Malta", "Sébastien Laudenbach")),
            a_film(title="La Tortue rouge", other_titles=("The Red Turtle",), directors=("Michael Dudok de Wit",)),
            a_film(title="2046", directors=("Wong Kar-Wai",)),
        )
    )
}


def found(text: str) -> list[str]:
    question = Question.read(text)
    words = {film.description.title: found_by(film) for film in CATALOGUE.values()}
    meant = resembling(question, {word for known in words.values() for word in known})
    films = [(UUID(int=n), titles.filed(title), known) for n, (title, known) in enumerate(words.items())]
    by_id = dict(zip((id_ for id_, _, _ in films), words, strict=True))
    return [by_id[id_] for _, _, id_ in ranked(question, meant, films)]


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("Tableau (Le)", "Le Tableau"),
        ("NUIT DU 12 (LA)", "LA NUIT DU 12"),
        ("Adieu au monde (L') ?", "L'Adieu au monde ?"),
        ("BRUIT DES GENS AUTOUR (LE )", "LE BRUIT DES GENS AUTOUR"),
        ("INCRUSTE (L') - FALLAIT PAS LE LAISSER ENTRER!", "L'INCRUSTE - FALLAIT PAS LE LAISSER ENTRER!"),
        ("JOUR VIENDRA (LE) (ES KOMMT DER TAG)", "LE JOUR VIENDRA (ES KOMMT DER TAG)"),
        ("Grands Esprits (les)", "Les Grands Esprits"),
        ("POURQUOI (PAS) LE BRESIL ?", "POURQUOI (PAS) LE BRESIL ?"),
        ("BEBE(S)", "BEBE(S)"),
        ("(une) enfance", "(une) enfance"),
        ("SOMBRAS (LES OMBRES)", "SOMBRAS (LES OMBRES)"),
    ],
)
def test_the_article_goes_in_front(given_: str, shown: str):
    assert titles.shown(given_) == shown


@pytest.mark.parametrize(
    ("given_", "title", "former"),
    [
        ("Brigade (La) (ex : French dream)", "Brigade (La)", ("French dream",)),
        ("Problemos (ex  La Communauté)", "Problemos", ("La Communauté",)),
        ("Deviens génial (Titre RCA : Nos cousins germains)", "Deviens génial", ("Nos cousins germains",)),
        ("Exil (extrait)", "Exil (extrait)", ()),
    ],
)
def test_former_titles_are_told_apart(given_: str, title: str, former: tuple[str, ...]):
    assert titles.former(given_) == (title, former)


@pytest.mark.parametrize(
    ("title", "filed"),
    [
        ("Le Tableau", "tableau"),
        ("Tableau (Le)", "tableau"),
        ("L’Arroseur arrosé", "arroseur arrose"),
        ("À bout de souffle", "a bout de souffle"),
        ("CŒUR DES HOMMES N°2 (LE)", "coeur des hommes n 2"),
        ("A.C.A.B. (ALL COPS ARE BASTARDS)", "acab all cops are bastards"),
        ("The Red Turtle", "red turtle"),
        ("L'", "l"),
        ("Un", "un"),
        ("M", "m"),
        ("Kōkaku kidōtai", "kokaku kidotai"),
        ("ORLY POEM 1-4", "orly poem 1 4"),
        ("007", "7"),
    ],
)
def test_titles_are_filed_without_article_and_accents(title: str, filed: str):
    assert titles.filed(title) == filed


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("le tableau", "Le Tableau"),
        ("Tableau (Le)", "Le Tableau"),
        ("TABLEAU", "Le Tableau"),
        ("tabelau", "Le Tableau"),
        ("tablau", "Le Tableau"),
        ("laguionie", "Le Tableau"),
        ("a bout de soufle", "À bout de souffle"),
        ("souffle bout", "À bout de souffle"),
        ("J.-L. Godard", "À bout de souffle"),
        ("JL Godard", "À bout de souffle"),
        ("godard jean luc", "À bout de souffle"),
        ("quatre cent coups", "Les Quatre Cents Coups"),
        ("ET l'extraterrestre", "E.T. l'extra-terrestre"),
        ("e t extra terrestre", "E.T. l'extra-terrestre"),
        ("arroseur", "L'Arroseur arrosé"),
        ("l arroseur arosé", "L'Arroseur arrosé"),
        ("coeur noir", "Le Cœur noir des forêts"),
        ("kiricou", "Kirikou et la Sorcière"),
        ("kirik", "Kirikou et la Sorcière"),
        ("linda poulet", "Linda veut du poulet !"),
        ("lynda veut du poulé", "Linda veut du poulet !"),
        ("red turtle", "La Tortue rouge"),
        ("2046", "2046"),
    ],
)
def test_the_film_meant_comes_first(question: str, best: str):
    assert found(question)[0] == best


@pytest.mark.parametrize("question", ["xylophone", "2047", "!!!", "poulets frites cuits"])
def test_what_nobody_meant_is_not_shown(question: str):
    assert found(question) == []


def test_a_title_that_is_the_question_comes_before_one_that_begins_so():
    assert found("et")[0] == "E.T. l'extra-terrestre" or found("et")[0] == "Et après"
    assert found("et apres") == ["Et après"]


@pytest.mark.parametrize(
    ("asked", "word", "near"),
    [
        ("tableau", "tableau", 1000),
        ("tabl", "tableau", 900),
        ("tabelau", "tableau", 858),
        ("ta", "tableau", 0),
        ("mer", "mur", 0),
        ("mere", "mare", 750),
        ("2046", "2047", 0),
    ],
)
def test_words_are_near(asked: str, word: str, near: int):
    assert closeness(asked, word) == near


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_a_distance(one: str, other: str):
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) == distance(other, one)
    assert distance(one, other) <= max(len(one), len(other))


@given(st.text())
def test_any_text_may_be_asked(text: str):
    words = titles.words(text)
    assert all(word.isalnum() for word in words)
    found(text)

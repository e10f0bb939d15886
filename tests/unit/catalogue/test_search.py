"""How titles are shown, filed and found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain import titles
from catalogue.domain.search import FULL, Question, closeness, resembling


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
    ("asked", "word", "near"),
    [
        ("tableau", "tableau", 1000),
        ("tabl", "tableau", 900),
        ("tabelau", "tableau", 858),
        ("ta", "tableau", 0),
        ("mer", "mur", 0),
        ("mere", "mare", 750),
        ("mere", "emre", 750),
        ("mere", "emer", 0),
        ("2046", "2047", 0),
    ],
)
def test_words_are_near(asked: str, word: str, near: int):
    assert closeness(asked, word) == near


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("Les Quatre Cents Coups", ("quatre", "cents", "coups")),
        ("à bout de souffle", ("bout", "souffle")),
        ("J.-L. Godard", ("jl", "godard")),
        ("E.T.", ("et",)),
        ("La", ("la",)),
        ("rouge rouge", ("rouge",)),
        (" ".join(f"mot{n}" for n in range(9)), tuple(f"mot{n}" for n in range(8))),
        ("!!!", ()),
    ],
)
def test_a_question_is_its_words(asked: str, words: tuple[str, ...]):
    assert Question.read(asked).words == words


@given(st.text())
def test_any_text_may_be_asked(text: str):
    assert all(word.isalnum() for word in titles.words(text))
    question = Question.read(text)
    assert all(resembling(question, question.words)[word][word] == FULL for word in question.words)

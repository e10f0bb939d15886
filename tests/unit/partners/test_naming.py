import pytest

from partners.domain.naming import findable, line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Éloi", "ST ELOI"),
        ("L'Abergement-Clémenciat", "l’abergement clemenciat"),
        ("Œting", "oeting"),
        ("Sainte-Colombe", "Ste  colombe"),
        ("Aÿ-Champagne", "AY CHAMPAGNE"),
    ],
)
def test_a_name_and_a_question_meet(one, other):
    assert findable(one) == findable(other)


def test_a_word_that_only_begins_like_an_abbreviation_is_left():
    assert findable("Stains") == "stains"


def test_a_line_has_single_spaces():
    assert line("  Maison\u00a0des\n habitants ") == "Maison des habitants"

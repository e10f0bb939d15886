"""Figures have names that a dossier can write, and what changed is told exactly."""

from decimal import Decimal

from demo import figures


def row(part: str, value: object, *, hidden: bool = False, **dimensions: str) -> dict[str, object]:
    return {"part": part, "value": value, "hidden": hidden, "dimensions": dimensions}


ANSWER = {
    "figures": [
        {"indicator": "I05", "rows": [row("value", 214)]},
        {"indicator": "I17", "rows": [row("asked", {"amount": "3600.00", "currency": "EUR"})]},
        {
            "indicator": "I09",
            "rows": [
                row("age_band", 62, audience="spectators", age_band="under_12"),
                row("age_band", None, hidden=True, audience="participants", age_band="from_12_to_17"),
                row("total", 214, audience="spectators"),
                row("share_12_25", "35.0", audience="spectators"),
                row("method", 214, audience="spectators", breakdown="age_band", method="estimated"),
            ],
        },
        {"indicator": "I11", "rows": [row("method", 9, audience="participants", breakdown="gender", method="counted")]},
        {"indicator": "I12", "rows": [row("residents", 171, audience="spectators", in_district="inside")]},
        {"indicator": "I13", "rows": [row("density", 2, density="1"), row("rural_share", None)]},
    ]
}


def test_every_row_has_a_name():
    assert figures.values(ANSWER) == {
        "I05": 214,
        "I17.asked": Decimal("3600.00"),
        "I09.spectators.under_12": 62,
        "I09.participants.from_12_to_17": None,
        "I09.spectators.total": 214,
        "I09.spectators.share_12_25": Decimal("35.0"),
        "I11.participants.gender.counted": 9,
        "I12.spectators.residents.inside": 171,
        "I13.1": 2,
        "I13.rural_share": None,
    }
    assert figures.hidden(ANSWER) == {"I09.participants.from_12_to_17"}


def test_ratios_are_told_from_counts():
    assert set(figures.ratios(figures.values(ANSWER))) == {"I09.spectators.share_12_25", "I13.rural_share"}
    assert [figures.is_ratio(name) for name in ("I18", "I21", "I20", "I01")] == [True, True, False, False]


def test_changes_are_differences_and_what_was_not_there_was_nought():
    before = {"I05": Decimal(5), "I01": Decimal(1)}
    after = {"I05": Decimal(219), "I01": Decimal(1), "I13.1": Decimal(2)}
    assert figures.changes(before, after) == {"I05": 214, "I13.1": 2}


def test_new_values_tell_null_from_a_value():
    before = {"I18": None, "I19": Decimal("52.1")}
    assert figures.new_values(before, {"I18": Decimal("47.9"), "I19": None}) == {"I18": Decimal("47.9"), "I19": None}


def test_values_are_written_for_people():
    written = [figures.written(*one) for one in ((Decimal("3600.00"), "+"), (Decimal(-1), "+"), (Decimal("46.1"), ""))]
    assert written == ["+3600.00", "-1", "46.1"]
    assert figures.written(None) == "null"

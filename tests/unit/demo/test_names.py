"""Names stand for ids: given by the file, learnt from answers, put into bodies."""

import pytest

from demo.names import Names, NoSuchName, given, mentioned


def test_bodies_are_written_as_the_api_takes_them():
    names = Names({"campaign": "c-1", "organisations.drac": "o-1"})
    body = {
        "campaign_id": "$campaign",
        "lines": [{"as": "drac", "funder_id": "$organisations.drac", "asked": "1800.00 €"}],
        "title": "1800 € pour un film",
        "free": True,
    }
    assert names.resolved(body) == {
        "campaign_id": "c-1",
        "lines": [{"funder_id": "o-1", "asked": {"amount": "1800.00", "currency": "EUR"}}],
        "title": "1800 € pour un film",
        "free": True,
    }


def test_a_name_that_nothing_has_is_refused():
    with pytest.raises(NoSuchName, match=r"\$lines\.caf"):
        Names().resolved(["$lines.caf"])


def test_parts_are_learnt_in_the_order_of_the_body():
    names = Names()
    names.learn({"lines": [{"as": "drac"}, {}, {"as": "ville"}]}, {"lines": [{"id": "1"}, {"id": "2"}, {"id": "3"}]})
    assert names.ids == {"lines.drac": "1", "lines.ville": "3"}


def test_rights_are_called_by_their_session_and_their_film():
    names = Names({"sessions.evening": "s-1", "films.linda": "f-1"})
    action = {
        "clearances": [
            {"id": "r-0", "session_id": "s-0", "film_id": "f-1"},
            {"id": "r-1", "session_id": "s-1", "film_id": "f-1"},
            {"id": "r-2", "session_id": "s-1", "film_id": "f-2"},
        ]
    }
    names.learn_clearances("evening", action)
    assert names["clearances.evening.linda"] == "r-1"
    assert "r-2" not in names.ids.values()


def test_what_a_body_mentions_and_gives_is_found_at_any_depth():
    body = {"actions": [{"as": "one", "places": [{"as": "square", "of": "$films.linda"}]}], "to": "$campaign"}
    assert dict(mentioned(body)) == {("actions", 0, "places", 0, "of"): "films.linda", ("to",): "campaign"}
    assert set(given(body)) == {"actions.one", "places.square"}

"""Cursors and pages."""

import base64
import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import pages
from common.pages import CursorRefused, PageRequest

moments = st.datetimes(timezones=st.just(UTC))


def page(after: str | None, limit: int = 2) -> PageRequest:
    return PageRequest(limit, after, "/v1/films", [("q", "été & cie")])


@given(st.text(), st.integers(-(2**53), 2**53), st.uuids(), moments, st.dates())
def test_a_cursor_comes_back_as_it_went(text: str, number: int, name: UUID, at: datetime, day: date):
    cursor = pages.cursor(text, number, name, at, day)
    assert page(cursor).position(str, int, UUID, datetime, date) == (text, number, name, at, day)


@given(st.text(max_size=200))
def test_a_made_up_cursor_is_refused(made_up: str):
    with pytest.raises(CursorRefused):
        page(made_up).position(datetime, UUID)


@given(st.binary(max_size=200))
def test_made_up_bytes_are_refused(made_up: bytes):
    with pytest.raises(CursorRefused):
        page(base64.urlsafe_b64encode(made_up).decode()).position(datetime, UUID)


def test_a_cursor_of_another_list_or_version_is_refused():
    for other in (pages.cursor("x"), pages.cursor(1, 2), base64.urlsafe_b64encode(b'[2,"x",1]').decode()):
        with pytest.raises(CursorRefused) as refusal:
            page(other).position(str, int)
        assert refusal.value.errors[0].parameter == "after"


@pytest.mark.parametrize(("number", "accepted"), [(2**63 - 1, True), (2**63, False), (-(2**63) - 1, False)])
def test_a_number_that_no_database_has_is_refused(number: int, accepted: bool):
    found = page(pages.cursor(number))
    if accepted:
        assert found.position(int) == (number,)
        return
    with pytest.raises(CursorRefused):
        found.position(int)


def test_the_first_page_begins_nowhere():
    assert page(None).position(str) is None


@pytest.mark.parametrize(("rows", "shown", "more"), [(0, 0, False), (2, 2, False), (3, 2, True)])
def test_one_row_too_many_says_that_there_is_a_next_page(rows: int, shown: int, more: bool):
    answer = pages.listed(page(None), list(range(rows)), key=lambda n: (n,), doc=lambda n: json.dumps({"n": n}))
    body = json.loads(bytes(answer.body))
    assert [item["n"] for item in body["items"]] == list(range(shown))
    assert (body["next"] is not None) == more
    if more:
        assert page(body["next"]).position(int) == (shown - 1,)
        link = answer.headers["link"]
        assert link == f'</v1/films?q=%C3%A9t%C3%A9+%26+cie&limit=2&after={body["next"]}>; rel="next"'
    else:
        assert "link" not in answer.headers

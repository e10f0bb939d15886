"""What an endpoint is told of a request: versions, moments, keys."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.errors import Malformed
from common.http import Moment, etag, moment, present, respond, seen_version
from common.idempotency import Answer, fingerprint


@given(st.integers(1, 10**9 - 1))
def test_a_version_is_seen_as_it_was_shown(version: int):
    assert seen_version(etag(version)) == version


@pytest.mark.parametrize(
    ("if_match", "seen"),
    [(None, None), ("*", None), (' "v3" ', 3), ('W/"v3"', 0), ('"v3", "v4"', 0), ("v3", 0), ('"v0"', 0), ('"v٣"', 0)],
)
def test_a_tag_that_is_not_ours_matches_nothing(if_match: str | None, seen: int | None):
    assert seen_version(if_match) == seen


@given(st.text())
def test_no_tag_makes_us_fall(if_match: str):
    seen_version(if_match)


def test_a_moment_has_an_offset():
    assert moment("2026-07-01T21:30:00+02:00", parameter="Sandbox-Date") == datetime(
        2026, 7, 1, 21, 30, tzinfo=timezone(timedelta(hours=2))
    )
    assert moment("2026-07-01T19:30:00.25Z", parameter="Sandbox-Date") == datetime(2026, 7, 1, 19, 30, 0, 250_000, UTC)


@pytest.mark.parametrize(
    "text", ["2026-07-01", "2026-07-01T21:30:00", "1782934200", "2026-13-01T00:00:00Z", "20260701T213000Z", ""]
)
def test_anything_else_is_no_moment(text: str):
    with pytest.raises(Malformed) as refusal:
        moment(text, parameter="Sandbox-Date")
    assert refusal.value.errors[0].parameter == "Sandbox-Date"


@pytest.mark.parametrize("said", [1_782_934_200, "1782934201", "2026-07-01", "2026-07-01T21:30:00", None])
def test_in_a_body_it_is_no_number_either(said: object):
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(said)
    assert TypeAdapter(Moment).validate_python("2026-07-01T19:30:00Z") == datetime(2026, 7, 1, 19, 30, tzinfo=UTC)


def test_a_fingerprint_tells_every_part_of_a_request():
    one = ("client", "POST", "/v1/projects", b"{}")
    others = [
        ("other", "POST", "/v1/projects", b"{}"),
        ("client", "PUT", "/v1/projects", b"{}"),
        ("client", "POST", "/v1/project", b"s{}"),
        ("client", "POST", "/v1/projects", b"{ }"),
    ]
    assert fingerprint(*one) == fingerprint(*one)
    assert len({fingerprint(*each) for each in [one, *others]}) == 5


def test_an_answer_goes_out_as_it_was_kept():
    answer = respond(Answer(201, 4, b'{"a": 1}', "/v1/things/1"))
    assert (answer.status_code, answer.body) == (201, b'{"a": 1}')
    assert (answer.headers["etag"], answer.headers["location"]) == ('"v4"', "/v1/things/1")
    assert present("{}", version=7).headers["etag"] == '"v7"'

"""Refusals as documents: kinds and statuses, languages, validation errors, nothing echoed."""

import re
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Query
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, Field, field_validator
from pydantic_core import PydanticCustomError

from common import errors, idempotency, problems
from common.errors import Conflict, DomainError, FieldError, Invalid, NotKnownHere, Verdict
from common.http import Count, Model
from common.tokens import Unauthenticated


class TooLate(Conflict):
    title = "It is too late."
    titre = "Il est trop tard."


VERDICT = Verdict("R27", "2026-1", {"notice_days": 30}, "30 days ahead.", "30 jours avant.", date(2026, 8, 1))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Malformed, 400),
        (Unauthenticated, 401),
        (errors.Forbidden, 403),
        (errors.NotFound, 404),
        (TooLate, 409),
        (NotKnownHere, 409),
        (idempotency.PreconditionFailed, 412),
        (idempotency.KeyReused, 422),
        (idempotency.PreconditionRequired, 428),
        (errors.Unavailable, 503),
    ],
)
def test_a_kind_decides_the_status(kind: type[DomainError], status: int):
    assert problems.status(kind) == status


def test_every_refusal_has_a_status_and_codes_mean_one_thing():
    known = problems.problem_catalogue()
    assert all(400 <= problems.status(kind) < 600 for kind in known)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code) for kind in known)
    assert TooLate in known


def test_a_verdict_travels_with_its_refusal_in_both_languages():
    french = problems.document(TooLate(verdict=VERDICT, pointer="/starts_at"))
    assert french == {
        "type": "/problems/too-late",
        "title": "Il est trop tard.",
        "status": 409,
        "code": "too-late",
        "detail": "30 jours avant.",
        "errors": [{"pointer": "/starts_at", "code": "too-late", "message": "Il est trop tard.", "rule": "R27"}],
        "rule": "R27",
        "version": "2026-1",
        "inputs": {"notice_days": 30},
        "reason": "30 jours avant.",
        "first_lawful_on": date(2026, 8, 1),
    }
    english = problems.document(TooLate("By five days.", verdict=VERDICT), english=True)
    assert (english["title"], english["detail"], english["reason"]) == (
        "It is too late.",
        "By five days.",
        "30 days ahead.",
    )


# ---------------------------------------------------------------------------------------- through an application


class Charge(Model):
    label: Annotated[str, Field(min_length=2, max_length=40)]
    amount: Count
    kind: Literal["cash", "in_kind"] = "cash"


class Budget(Model):
    charges: Annotated[list[Charge], Field(max_length=3)]


class Application(Model):
    budget: Budget
    holder: UUID | None = None
    at: AwareDatetime | None = None
    siret: str = "ok"

    @field_validator("siret")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value != "ok":
            raise PydanticCustomError(
                "siret", "This is no SIRET.", {"libelle": "Ce n’est pas un SIRET.", "rule": "R33"}
            )
        return value


@pytest.fixture
async def client():
    app = FastAPI()
    problems.install(app)

    @app.post("/applications")
    async def apply(application: Application) -> None: ...

    @app.get("/applications/{one}")
    async def read(one: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 50) -> None: ...

    @app.get("/refused")
    async def refused(code: str) -> None:
        raise next(kind for kind in problems.problem_catalogue() if kind.code == code)

    @app.get("/stale")
    async def stale() -> None:
        raise idempotency.PreconditionFailed(7)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


def sent(**changed: object) -> dict[str, object]:
    return {"budget": {"charges": [{"label": "Copie", "amount": 100}]}, **changed}


async def test_a_wrong_body_is_422_with_pointers(client: httpx.AsyncClient):
    wrong = sent(
        budget={"charges": [{"label": "X", "amount": "100", "kind": "tiptoe"}, {"amount": True, "a/b~c": 1}]},
        holder="tiptoe",
        siret="tiptoe",
        at="2026-07-01T10:00:00",
    )
    answer = await client.post("/applications", json=wrong, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "tiptoe" not in answer.text
    said = {error["pointer"]: (error["code"], error["message"]) for error in answer.json()["errors"]}
    assert said == {
        "/budget/charges/0/label": ("string-too-short", "At least 2 characters."),
        "/budget/charges/0/amount": ("int-type", "Must be a whole number."),
        "/budget/charges/0/kind": ("literal-error", "One of: 'cash' or 'in_kind'."),
        "/budget/charges/1/label": ("missing", "This is required."),
        "/budget/charges/1/amount": ("int-type", "Must be a whole number."),
        "/budget/charges/1/a~1b~0c": ("extra-forbidden", "There is no such field."),
        "/holder": ("uuid-parsing", "Must be a UUID."),
        "/at": ("timezone-aware", "The offset is missing."),
        "/siret": ("siret", "This is no SIRET."),
    }


async def test_it_is_said_in_french_by_default_with_the_rule(client: httpx.AsyncClient):
    answer = await client.post("/applications", json=sent(siret="no"))
    assert answer.headers["content-language"] == "fr"
    assert answer.json()["title"] == "La demande n’est pas valide."
    assert answer.json()["errors"] == [
        {"pointer": "/siret", "code": "siret", "message": "Ce n’est pas un SIRET.", "rule": "R33"}
    ]


async def test_what_cannot_be_understood_is_400(client: httpx.AsyncClient):
    json_header = {"content-type": "application/json"}
    deep = b'{"budget":' + b"[" * 100_000
    for body in (b"{", b"\xff\xfe", deep, b'{"budget": NaN'):
        answer = await client.post("/applications", content=body, headers=json_header)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), body[:20]
    answer = await client.get("/applications/tiptoe?limit=1000000000000")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [
        ("one", "uuid-parsing"),
        ("limit", "less-than-equal"),
    ]
    assert "tiptoe" not in answer.text


async def test_an_empty_body_is_wrong_by_itself(client: httpx.AsyncClient):
    answer = await client.post("/applications")
    assert (answer.status_code, answer.json()["errors"][0]) == (
        422,
        {"pointer": "", "code": "missing", "message": "Cette valeur est requise."},
    )


async def test_a_thousand_faults_are_not_listed(client: httpx.AsyncClient):
    answer = await client.post("/applications", json=sent(**{f"x{n}": n for n in range(1000)}))
    assert len(answer.json()["errors"]) == problems.ERRORS_MAX


async def test_no_route_and_no_method_are_problems_too(client: httpx.AsyncClient):
    nowhere = await client.get("/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no-such-route")
    put = await client.put("/applications")
    assert (put.status_code, put.json()["code"], put.headers["allow"]) == (405, "method-not-allowed", "POST")


async def test_headers_say_what_a_programme_must_do_next(client: httpx.AsyncClient):
    for code in ("unavailable", "not-known-here-yet"):
        assert (await client.get(f"/refused?code={code}")).headers["retry-after"] == "1"
    assert (await client.get("/refused?code=unauthenticated")).headers["www-authenticate"] == "Bearer"
    assert (await client.get("/stale")).headers["etag"] == '"v7"'


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr,en;q=0.9", "fr"),
        ("en;q=0.5,fr;q=0.8", "fr"),
        ("de", "fr"),
        ("*", "fr"),
        ("en;q=0", "fr"),
        ("en;q=nan", "fr"),
        ("en ; q=1.000, fr;q=0.999", "en"),
        ("en;q=²", "fr"),
        ("en;q=½", "fr"),
        ("en;q=", "fr"),
        ("en;q=1.5", "fr"),
        ("en;q=-1", "fr"),
        ("en;q=1e0", "fr"),
        ("en;q=0.1234", "fr"),
        ("en;level=1", "fr"),
        ("english", "fr"),
        (",;,=,en;;q=1", "fr"),
        ("²,en", "en"),
    ],
)
async def test_english_is_for_who_prefers_it(client: httpx.AsyncClient, accepted: str, language: str):
    answer = await client.get("/nowhere", headers={b"accept-language": accepted.encode("latin-1")})
    assert (answer.status_code, answer.headers["content-language"]) == (404, language)


@given(st.text(max_size=50), st.text(max_size=5))
def test_no_language_makes_us_fall(accepted: str, weight: str):
    problems._prefers_english(accepted)
    problems._prefers_english(f"en;q={weight}")


def test_what_an_endpoint_may_refuse_is_documented_by_status():
    documented = problems.problems(TooLate, NotKnownHere, Invalid)
    assert set(documented) == {409, 422}
    assert documented[409]["description"].splitlines() == [
        "- `too-late`: It is too late.",
        "- `not-known-here-yet`: What this refers to is not known here yet; try again in a moment.",
    ]


def test_a_field_error_without_french_is_still_said():
    said = problems.document(Invalid(errors=[FieldError("/a", "b", "Because.")]))
    assert said["errors"] == [{"pointer": "/a", "code": "b", "message": "Because."}]

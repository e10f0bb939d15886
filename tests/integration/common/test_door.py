"""A service's HTTP door, over a real socket: limits, deadlines, problems, keys and versions, traces, lines."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx

from common.contracts.access import Role
from tests.integration.common.conftest import KEY, Process, Start, bearer
from tests.waiting import until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def body(size: int, field: bytes = b"name") -> bytes:
    """Write a good body of exactly so many bytes."""
    return b'{"' + field + b'":"' + b"x" * (size - 11) + b'"}'


def code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def post(tiny: Process, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    headers = {"idempotency-key": str(uuid4()), "content-type": "application/json", **bearer(), **headers}
    return await tiny.client.post("/v1/things", content=content, headers=headers)


# ------------------------------------------------------------------------------------------------------- limits


async def test_a_body_over_the_limit_is_refused_announced_or_not(tiny: Process):
    async def chunks(whole: bytes) -> AsyncIterator[bytes]:
        for begin in range(0, len(whole), 10_000):
            yield whole[begin : begin + 10_000]

    async def send(content: bytes | AsyncIterator[bytes]) -> httpx.Response:
        return await tiny.client.post("/v1/large", content=content, headers={"content-type": "application/json"})

    good, bad, huge = (body(size, b"text") for size in (256 * 1024, 256 * 1024 + 1, 3_000_000))
    for content in (good, chunks(good)):
        assert (await send(content)).json() == 256 * 1024 - 11
    for content in (bad, chunks(bad), huge, chunks(huge)):
        assert code(await send(content)) == (413, "body-too-large")


async def test_an_answer_that_would_come_too_late_is_503_and_what_was_begun_is_rolled_back(tiny: Process):
    answer = await tiny.client.get("/v1/sleep?seconds=20")
    assert code(answer) == (503, "deadline-exceeded")
    assert answer.headers["retry-after"] == "1"
    assert (await tiny.client.get("/v1/sleep?seconds=0")).json() == "rested"


async def test_what_has_begun_may_stream_past_the_deadline(tiny: Process):
    answer = await tiny.client.get("/v1/stream?seconds=2")
    assert answer.text == "drop\n" * 10


async def test_too_many_at_once_are_refused_at_once(start: Start):
    async with start("api", REQUESTS_MAX="2", POOL_MAX="2") as small:
        waiting = [asyncio.create_task(small.client.get("/v1/sleep?seconds=1")) for _ in range(2)]
        refused = await until(lambda: _refused(small))
        assert isinstance(refused, httpx.Response)
        assert code(refused) == (503, "overloaded")
        assert [(await each).status_code for each in waiting] == [200, 200]


async def _refused(small: Process) -> httpx.Response | None:
    answer = await small.client.get("/v1/now")
    return answer if answer.status_code == 503 else None


# ----------------------------------------------------------------------------------------------------- problems


async def test_a_bug_says_nothing_but_its_trace(tiny: Process):
    answer = await tiny.client.get("/v1/bug", headers={"traceparent": TRACEPARENT})
    assert code(answer) == (500, "internal-error")
    assert answer.json()["trace_id"] == TRACE
    assert "secret" not in answer.text


async def test_the_databases_expected_trouble_is_503(tiny: Process):
    answer = await tiny.client.get("/v1/sleep?seconds=1&statement_ms=20")
    assert code(answer) == (503, "database-busy")
    assert answer.headers["retry-after"] == "1"


async def test_a_character_that_cannot_be_kept_is_the_callers_fault(tiny: Process):
    assert code(await tiny.client.get("/v1/nul")) == (422, "character-refused")


async def test_a_number_that_no_column_holds_will_not_pass_and_is_a_bug_of_ours(tiny: Process):
    answer = await tiny.client.get("/v1/too-large")
    assert code(answer) == (500, "internal-error")
    assert "retry-after" not in answer.headers


async def test_nowhere_and_no_method(tiny: Process):
    assert code(await tiny.client.get("/v1/nowhere")) == (404, "no-such-route")
    assert code(await tiny.client.get("/v1/things/")) == (404, "no-such-route")
    refused = await tiny.client.delete("/v1/things")
    assert code(refused) == (405, "method-not-allowed")
    assert refused.headers["allow"] == "GET, POST"


async def test_no_filter_is_ignored(tiny: Process):
    answer = await tiny.client.get("/v1/things?nmae=x&limit=2&zzz=1", headers=bearer())
    assert code(answer) == (400, "unknown-filter")
    assert [error["parameter"] for error in answer.json()["errors"]] == ["nmae", "zzz"]


async def test_a_list_is_walked_to_its_end(tiny: Process):
    names: list[str] = []
    path: str | None = "/v1/things?name=x&limit=50"
    while path:
        answer = await tiny.client.get(path, headers=bearer())
        names += [item["name"] for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert names == [f"named {n}" for n in range(1, 121)]


# ------------------------------------------------------------------------------------------------------- callers


async def test_who_is_nobody_is_401(tiny: Process):
    assert code(await tiny.client.get("/v1/things")) == (401, "unauthenticated")
    for credentials in ("Basic eDp5", "Bearer", "Bearer a b", "Bearer garbage"):
        refused = await tiny.client.get("/v1/things", headers={"authorization": credentials})
        assert code(refused) == (401, "unauthenticated")
    twice = [("authorization", bearer()["authorization"])] * 2
    assert code(await tiny.client.get("/v1/things", headers=twice)) == (401, "unauthenticated")


async def test_a_token_in_the_address_is_not_looked_at(tiny: Process):
    token = bearer()["authorization"].removeprefix("Bearer ")
    assert code(await tiny.client.get(f"/v1/things?access_token={token}")) == (400, "unknown-filter")


async def test_the_last_good_key_set_is_passed_on(tiny: Process):
    answer = await tiny.client.get("/.well-known/jwks.json")
    assert [key["x"] for key in answer.json()["keys"]] == [KEY.as_dict()["x"]]


async def test_without_any_key_set_it_is_not_now(start: Start, tmp_path):
    async with start("api", JWKS_FILE=str(tmp_path / "none.json")) as keyless:
        assert code(await keyless.client.get("/v1/things", headers=bearer())) == (503, "no-keys-yet")
        assert code(await keyless.client.get("/.well-known/jwks.json")) == (503, "no-keys-yet")


# ------------------------------------------------------------------------------------------------ keys and versions


async def test_a_creation_needs_a_key_and_repeats_its_answer(tiny: Process):
    headers = {**bearer(), "content-type": "application/json"}
    missing = await tiny.client.post("/v1/things", content=body(50), headers=headers)
    assert code(missing) == (400, "idempotency-key-required")
    key = str(uuid4())
    first = await post(tiny, body(50), **{"idempotency-key": key})
    again = await post(tiny, body(50), **{"idempotency-key": key})
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, body(50))
    assert first.headers["location"] == again.headers["location"]
    assert first.headers["etag"] == '"v1"'
    assert code(await post(tiny, body(60), **{"idempotency-key": key})) == (422, "key-reused")


async def test_a_key_belongs_to_one_client(tiny: Process):
    key = str(uuid4())
    first = await post(tiny, body(50), **{"idempotency-key": key})
    other = await post(tiny, body(50), **{"idempotency-key": key, **bearer(client_id="another")})
    assert first.headers["location"] != other.headers["location"]


async def test_a_key_has_a_form(tiny: Process):
    for key in ("", "x" * 256, "with space"):
        assert code(await post(tiny, body(50), **{"idempotency-key": key})) == (400, "malformed")


async def test_a_change_names_the_version_seen_and_is_replayed_before_it_is_judged(tiny: Process):
    async def rename(**headers: str) -> httpx.Response:
        return await tiny.client.post(path, json={"name": "y"}, headers={**bearer(), **headers})

    path = f"/v1/things/{uuid4()}/rename"
    assert code(await rename()) == (428, "precondition-required")
    assert code(await rename(**{"if-match": "*"})) == (428, "precondition-required")
    stale = await rename(**{"if-match": '"v2"'})
    assert code(stale) == (412, "precondition-failed")
    assert stale.headers["etag"] == '"v3"'
    done = await rename(**{"if-match": '"v3"', "idempotency-key": "k"})
    assert (done.status_code, done.headers["etag"]) == (200, '"v4"')
    replayed = await rename(**{"if-match": '"v1"', "idempotency-key": "k"})
    assert (replayed.status_code, replayed.content) == (200, done.content)


# ---------------------------------------------------------------------------------------------------------- time


async def test_only_a_sandbox_is_told_the_time(tiny: Process, start: Start):
    told = {"sandbox-date": "2026-07-01T21:30:00+02:00"}
    assert code(await tiny.client.get("/v1/now", headers=told)) == (400, "sandbox-date-refused")
    async with start("api", SANDBOX="1") as sandbox:
        assert (await sandbox.client.get("/v1/now", headers=told)).json() == "2026-07-01T19:30:00Z"
        assert code(await sandbox.client.get("/v1/now", headers={"sandbox-date": "tomorrow"})) == (400, "malformed")


# ----------------------------------------------------------------------------------------------------- telemetry


async def test_one_request_is_one_line_without_secrets(tiny: Process):
    await tiny.client.get(
        f"/v1/things/{uuid4()}", headers={**bearer(), "traceparent": TRACEPARENT, "x-request-id": "r-1"}
    )

    def told() -> list[dict[str, Any]]:
        return [line for line in tiny.lines() if line.get("request_id") == "r-1"]

    await until(told)  # the line is written behind the answer
    assert len(told()) == 1
    line = told()[0]
    assert line.pop("duration_ms") > 0
    assert re.fullmatch(r"[0-9a-f]{16}", line.pop("span_id"))
    assert line.pop("ts").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "thing.read",
        "status": 200,
        "client_id": "portal",
        "trace_id": TRACE,
        "request_id": "r-1",
    }
    assert "eyJ" not in tiny.output.read_text()


async def test_metrics_name_routes_and_never_ids(tiny: Process):
    thing = str(uuid4())
    await tiny.client.get(f"/v1/things/{thing}", headers=bearer())
    await tiny.client.get(f"/v1/{thing}")
    seen = (await tiny.client.get("/metrics")).text
    assert 'http_server_request_duration_seconds_count{method="GET",route="thing.read",status="200"}' in seen
    assert 'http_server_request_duration_seconds_count{method="any",route="none",status="404"}' in seen
    assert 'http_server_refusals_total{code="no-such-route"}' in seen
    assert thing not in seen


# ------------------------------------------------------------------------------------------------------- document


async def test_the_document_says_who_may_ask_and_every_refusal(tiny: Process):
    document = (await tiny.client.get("/openapi.json")).json()
    create = document["paths"]["/v1/things"]["post"]
    assert create["security"] == [{"token": ["operations"]}, {"token": ["projects:write"]}]
    assert set(create["responses"]) == {"201", "400", "401", "403", "409", "413", "422", "429", "431", "503"}
    conflict = create["responses"]["409"]
    assert "`thing-broken`" in conflict["description"]
    assert "`not-known-here-yet`" in conflict["description"]
    assert conflict["headers"]["Retry-After"]["schema"] == {"type": "integer"}
    assert create["responses"]["201"]["headers"]["ETag"]
    assert conflict["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    rename = document["paths"]["/v1/things/{thing_id}/rename"]["post"]
    assert {"404", "412", "428"} <= set(rename["responses"])
    required = {one["name"]: one["required"] for one in [*create["parameters"], *rename["parameters"]]}
    assert required == {"thing_id": True, "Idempotency-Key": False, "If-Match": True}
    assert [one["required"] for one in create["parameters"] if one["name"] == "Idempotency-Key"] == [True]
    assert document["paths"]["/v1/now"]["get"]["security"] == []
    assert "HTTPValidationError" not in json.dumps(document)
    assert not any(path.startswith(("/health", "/metrics")) for path in document["paths"])


async def test_a_scope_is_what_the_role_has(tiny: Process):
    refused = bearer(Role.FUNDER, scope="read projects:write")
    assert code(await tiny.client.get("/v1/things", headers=refused)) == (401, "unauthenticated")

"""The operator is what the settings say, whatever was done in between: its file is its only way in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from partners.main import api
from partners.settings import Settings
from tests.integration.partners.outside.house import OPERATOR_SECRET, Partner, ask, problem, written

ANOTHER = "another secret of the operator"
PATH = "/v1/api-clients/operator"


@asynccontextmanager
async def started(settings: Settings, file: Path | None) -> AsyncIterator[Partner]:
    """Start the service anew with this file, or without one."""
    app = api(settings.model_copy(update={"operator_secret_file": file}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="https://partners") as http,
    ):
        yield Partner(http, "operator", OPERATOR_SECRET, UUID(int=0))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(written(tmp_path / "operator", OPERATOR_SECRET + "\n"))


@pytest.mark.parametrize(
    ("verb", "body"), [("secret/rotate", {}), ("revoke", None), ("change", {"name": "x"}), ("change", {"jwks": None})]
)
async def test_what_a_start_would_undo_is_refused_and_the_file_is_named(settings, file, verb, body):
    async with started(settings, file) as operator:
        answer = await operator.post(f"{PATH}/{verb}", body, match=await operator.get(PATH))
        assert problem(answer) == (409, "kept-in-the-settings")
        assert "OPERATOR_SECRET_FILE" in answer.text
        assert await _lets_in(operator, OPERATOR_SECRET)


async def test_another_secret_in_the_file_is_the_only_one(settings, file):
    async with started(settings, file) as operator:
        before = (await operator.get(PATH)).json()
    async with started(settings, file) as operator:
        assert (await operator.get(PATH)).json() == before, "a start that changes nothing writes nothing"
    file.write_text(ANOTHER)
    async with started(settings, file) as operator:
        assert [await _lets_in(operator, one) for one in (OPERATOR_SECRET, ANOTHER)] == [False, True]
        operator.secret = ANOTHER
        after = await operator.get(PATH)
        assert after.headers["etag"] == f'"v{before["version"] + 1}"'
        assert after.json()["secrets"][0]["created_at"] > before["secrets"][0]["created_at"]


async def test_without_a_file_it_is_shut_out_and_with_one_it_is_back(settings, file, address):
    async with started(settings, file) as operator:
        assert await _lets_in(operator, OPERATOR_SECRET)
    async with started(settings, None) as operator:
        assert not await _lets_in(operator, OPERATOR_SECRET)
    async with started(settings, file) as operator:
        assert await _lets_in(operator, OPERATOR_SECRET)
        assert (await operator.get(PATH)).json()["revoked_at"] is None
    connection = await asyncpg.connect(address)
    try:
        rows = await connection.fetch(
            "SELECT what FROM partners.audit WHERE client_id = 'operator' AND by_client = 'settings' ORDER BY at"
        )
    finally:
        await connection.close()
    assert [row["what"] for row in rows][-2:] == ["client.revoked", "client.secret_rotated"]


async def test_whoever_was_let_in_or_revoked_by_other_ways_before_is_as_in_the_file(settings, file, address):
    """Older releases let operators be revoked, given keys and other secrets."""
    async with started(settings, file):
        pass
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(
            """
            UPDATE partners.api_client SET revoked_at = now(), public_keys = '[{"kid": "k"}]' WHERE id = 'operator'
            """
        )
        async with started(settings, file) as operator:
            said = (await operator.get(PATH)).json()
            assert (said["revoked_at"], said["jwks"]["keys"]) == (None, [])
    finally:
        await connection.close()


@pytest.mark.parametrize("content", ["", "\n", "short"])
async def test_a_file_with_no_secret_in_it_starts_nothing(settings, file, content):
    file.write_text(content)
    with pytest.raises(ValueError, match="operator's secret"):
        async with started(settings, file):
            pass


async def _lets_in(operator: Partner, secret: str) -> bool:
    return (await ask(operator.http, {}, auth=("operator", secret))).status_code == 200

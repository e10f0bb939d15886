"""The demonstration's people, let in by the service itself: a second play finds whom the first one has let in."""

from typing import Any

from common.contracts.access import Role
from demo.cast import Cast
from demo.checking import OPERATOR
from demo.dossier import ClientPart, Dossier
from demo.gateway import Credentials, Gateway
from demo.names import Names
from tests.integration.partners.outside.house import OPERATOR_SECRET, House

TOWN = {
    "name": "Ville de Poitiers",
    "kind": "commune",
    "municipality": {"code": "86194", "vintage": 2025},
    "valid_from": "2024-01-01",
}


async def played(house: House, run: str, *codes: str) -> Credentials:
    """Gather the people of a dossier in which a town takes part; give the town's credentials."""
    town = ClientPart(role=Role.COLLECTIVITY_SYSTEM, organisation="town", codes=codes)
    parts: dict[str, Any] = {"organisations": {"town": TOWN}, "clients": {"town": town}, "coordinations": {}}
    dossier = Dossier.model_construct(dossier="cast", **parts)  # a whole one needs steps, and the other services
    operator = {OPERATOR: Credentials(OPERATOR, OPERATOR_SECRET)}
    cast = Cast(Gateway(house.http), dossier, run, Names(), operator)
    await cast.gather()
    return cast.clients["town"]


async def codes_of(house: House, client: Credentials) -> list[str]:
    codes: list[str] = (await house.operator.get(f"/v1/api-clients/{client.client_id}")).json()["codes"]
    return codes


async def test_a_client_whose_file_names_no_codes_keeps_those_of_its_organisation(house: House) -> None:
    first, again = await played(house, "one"), await played(house, "two")
    assert again.client_id == first.client_id
    assert await codes_of(house, again) == ["86194"]


async def test_a_client_whose_file_names_other_codes_by_now_gets_them(house: House) -> None:
    first, again = await played(house, "three", "86194"), await played(house, "four", "86041")
    assert again.client_id == first.client_id
    assert await codes_of(house, again) == ["86041"]

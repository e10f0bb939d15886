"""Who takes part: organisations, coordinations and API clients, made through the API or found there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.checking import OPERATOR
from demo.dossier import Appointment, ClientPart, Dossier
from demo.gateway import Answer, Credentials, Gateway, Write, problem
from demo.names import Names
from demo.numbered import Part


class Impossible(Exception):
    """Something beforehand was refused; `part` is where it stands in the file."""

    def __init__(self, part: Part, said: str) -> None:
        super().__init__(said)
        self.part = part


@dataclass(slots=True)
class Cast:
    """Everybody who takes part in one run, and how to act in their name."""

    gateway: Gateway
    dossier: Dossier
    run: str
    names: Names
    clients: dict[str, Credentials] = field(default_factory=dict)

    @property
    def operator(self) -> Credentials:
        return self.clients[OPERATOR]

    async def gather(self) -> None:
        """Find or make everybody, in the order in which they need each other."""
        for name, body in self.dossier.organisations.items():
            self.names.give(f"organisations.{name}", await self._organisation(name, body))
        for name, client in self.dossier.clients.items():
            if client.coordination is None:
                self.clients[name] = await self._client(name, client)
        for name, appointment in self.dossier.coordinations.items():
            self.names.give(f"coordinations.{name}", await self._coordination(name, appointment))
        for name, client in self.dossier.clients.items():
            if client.coordination is not None:
                self.clients[name] = await self._client(name, client)

    async def make(self, part: Part, who: Credentials, write: Write) -> Mapping[str, Any]:
        """Write something that must succeed; `part` is where the file asks for it."""
        answer = await self.gateway.write(who, write)
        self.require(part, answer)
        return answer.body  # type: ignore[no-any-return]

    def require(self, part: Part, answer: Answer) -> None:
        if not answer.good:
            raise Impossible((*part, *pointed(answer)), problem(answer))

    def key(self, *words: str) -> str:
        """Make the key of one write of this run."""
        return "-".join((self.dossier.dossier, self.run, *words))

    async def found(self, part: Part, path: str, who: Credentials, **query: str) -> list[Mapping[str, Any]]:
        """List the first page of what there is."""
        answer = await self.gateway.read(path, who, **query)
        self.require(part, answer)
        return list(answer.body["items"])

    async def _organisation(self, name: str, body: Mapping[str, Any]) -> str:
        part: Part = ("organisations", name)
        number = {"siret": body["siret"]} if body.get("siret") else {"name": str(body.get("name", ""))}
        known = await self.found(part, "/v1/organisations", self.operator, **number)
        same = [one for one in known if one.get("siret") == body.get("siret") and one["closed_on"] is None]
        if body.get("siret") is None:
            same = [one for one in same if one["name"] == body.get("name")]
        if same:
            return str(same[0]["id"])
        write = Write(path="/v1/organisations", body=body, key=self.key("organisation", name))
        return str((await self.make(part, self.operator, write))["id"])

    async def _coordination(self, name: str, appointment: Appointment) -> str:
        part: Part = ("coordinations", name)
        drac = self.clients[appointment.appointed_by]
        organisation = self.names[f"organisations.{appointment.organisation}"]
        query = {"organisation_id": organisation, "on": appointment.valid_from}
        known = await self.found(part, "/v1/coordinations", drac, **query, department=appointment.departments[0])
        if known:
            return str(known[0]["id"])
        body = appointment.model_dump(include={"region", "departments", "valid_from", "valid_until"}, mode="json")
        write = Write(
            path="/v1/coordinations",
            body={"organisation_id": organisation, **body},
            key=self.key("coordination", name),
            at=appointment.on,
        )
        return str((await self.make(part, drac, write))["id"])

    async def _client(self, name: str, client: ClientPart) -> Credentials:
        """Register a client; one that is there from another run gets a new secret."""
        part: Part = ("clients", name)
        write = Write(path="/v1/api-clients", body=self._registration(name, client), key=self.key("client", name))
        answer = await self.gateway.write(self.operator, write)
        if answer.code == "client-exists":
            return await self._known_client(part, name, client)
        self.require(part, answer)
        return Credentials(answer.body["client_id"], answer.body["client_secret"])

    async def _known_client(self, part: Part, name: str, client: ClientPart) -> Credentials:
        organisation = self.names[f"organisations.{client.organisation}"]
        known = await self.found(part, "/v1/api-clients", self.operator, organisation_id=organisation)
        [there] = [one for one in known if one["role"] == client.role and one["revoked_at"] is None]
        wanted = self._registration(name, client)
        path = f"/v1/api-clients/{there['client_id']}"
        if there["coordination_id"] != wanted.get("coordination_id"):
            write = Write(path=f"{path}/revoke", key=self.key("client", name, "revoke"), seen=path)
            await self.make(part, self.operator, write)
            again = Write(path="/v1/api-clients", body=wanted, key=self.key("client", name, "again"))
            made = await self.make(part, self.operator, again)
            return Credentials(made["client_id"], made["client_secret"])
        if not set(client.codes) <= set(there["codes"]):  # it has more: former codes, or its organisation's own
            codes = Write(
                path=f"{path}/change", body={"codes": client.codes}, key=self.key("client", name, "codes"), seen=path
            )
            await self.make(part, self.operator, codes)
        write = Write(path=f"{path}/secret/rotate", body={}, key=self.key("client", name, "secret"), seen=path)
        made = await self.make(part, self.operator, write)
        return Credentials(made["client_id"], made["client_secret"])

    def _registration(self, name: str, client: ClientPart) -> dict[str, Any]:
        body: dict[str, Any] = {
            "name": f"{self.dossier.dossier}: {name}",
            "role": client.role,
            "organisation_id": self.names[f"organisations.{client.organisation}"],
            "codes": list(client.codes),
        }
        if client.coordination is not None:
            body["coordination_id"] = self.names[f"coordinations.{client.coordination}"]
        return body


def pointed(answer: Answer) -> Iterator[str | int]:
    """Follow a problem's pointer into the body, so that the line of the file can be named."""
    errors = answer.body.get("errors", ()) if isinstance(answer.body, dict) else ()
    pointer = next((one["pointer"] for one in errors if one.get("pointer")), "")
    for word in pointer.split("/")[1:]:
        yield int(word) if word.isdigit() else word

"""What is known beforehand: what the published lists of territories lack, films, and the rights that are offered."""

from collections.abc import Mapping
from typing import Any

from demo.cast import Cast
from demo.gateway import Credentials, Write
from demo.numbered import Part


async def lay_down(cast: Cast, national: Credentials) -> None:
    """Make sure that everything is known, in the name of the national coordination; what is known stays as it is."""
    await _territories(cast, national)
    for name, body in cast.dossier.films.items():
        cast.names.give(f"films.{name}", await _film(cast, national, name, body))
    for name, body in cast.dossier.rights_offers.items():
        resolved = cast.names.resolved(body)
        cast.names.give(f"rights_offers.{name}", await _offer(cast, national, name, resolved))


async def _territories(cast: Cast, national: Credentials) -> None:
    for n, territory in enumerate(cast.dossier.territories):
        for kind in ("districts", "densities"):
            for m, body in enumerate(getattr(territory, kind)):
                path = f"/v1/territories/{territory.vintage}/{kind}"
                write = Write(path=path, body=body, key=cast.key(kind, str(n), str(m)))
                await cast.make(("territories", n, kind, m), national, write)


async def _film(cast: Cast, national: Credentials, name: str, body: Mapping[str, Any]) -> str:
    """Find a film by its visa, else by its title and directors; register it if it is not there."""
    part: Part = ("films", name)
    visas = [visa["number"] for visa in body.get("visas", ())]
    query = {"visa": visas[0]} if visas else {"q": str(body.get("title", ""))}
    for film in await cast.found(part, "/v1/films", national, **query):
        if visas or (film["title"] == body.get("title") and film["directors"] == list(body.get("directors", ()))):
            return str(film["id"])
    write = Write(path="/v1/films", body=body, key=cast.key("film", name))
    return str((await cast.make(part, national, write))["id"])


async def _offer(cast: Cast, national: Credentials, name: str, body: Mapping[str, Any]) -> str:
    part: Part = ("rights_offers", name)
    query = {"film_id": str(body.get("film_id")), "holder_id": str(body.get("holder_id")), "status": "offered"}
    terms = ("uses", "territories", "versions", "starts_on", "ends_on")
    for offer in await cast.found(part, "/v1/rights-offers", national, **query):
        if all(offer[key] == body.get(key) for key in terms):
            return str(offer["id"])
    write = Write(path="/v1/rights-offers", body=body, key=cast.key("offer", name))
    return str((await cast.make(part, national, write))["id"])

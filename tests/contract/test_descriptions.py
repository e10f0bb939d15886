"""How a contract is described: what its JSON Schema and its examples say of each kind of field."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import msgspec

from docs import events, examples
from docs.events import Published


class Genre(StrEnum):
    FICTION = "fiction"
    ANIMATION = "animation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmShown:
    """A film was shown."""

    TYPE: ClassVar[str] = "film.shown"

    occurred_at: datetime
    film_id: UUID
    on: date
    at: time
    known: Genre
    growing: str = field(default="fiction", metadata={"open_enum": Genre})
    prices: tuple[Price, ...] = ()
    note: str | None = None


SHOWN = Published(name="film.shown", aggregate="film", kind="events", version=1, contract=FilmShown)
SCHEMA = events.schema(SHOWN)
FIELDS = SCHEMA["properties"]


def test_what_is_promised_beside_the_fields_is_said():
    assert SCHEMA["x-type"] == "fr.passeursdimages.film.shown.v1"
    assert SCHEMA["x-topic"] == "passeurs.catalogue.film.events.v1"
    assert SCHEMA["description"] == "A film was shown."


def test_what_has_no_default_is_required():
    assert SCHEMA["required"] == ["occurred_at", "film_id", "on", "at", "known"]


def test_an_hour_is_one_of_a_local_clock():
    assert FIELDS["at"] == {"type": "string", "pattern": events.LOCAL_TIME}


def test_an_enumeration_is_closed_unless_it_is_declared_open():
    assert SCHEMA["$defs"]["Genre"]["enum"] == ["fiction", "animation"]
    assert "x-open-enum" not in SCHEMA["$defs"]["Genre"]
    assert FIELDS["growing"]["enum"] == ["fiction", "animation"]
    assert FIELDS["growing"]["x-open-enum"] is True


def test_a_reader_takes_a_new_value_of_an_open_enumeration():
    newer = msgspec.json.encode(msgspec.to_builtins(examples.full(FilmShown)) | {"growing": "puppets"})
    assert msgspec.json.decode(newer, type=FilmShown).growing == "puppets"


def test_the_full_example_has_everything_and_the_least_only_what_must_be():
    full, least = SCHEMA["examples"]
    assert full["prices"] == [{"amount": "1600.00"}]
    assert full["note"] == "note"
    assert (least["prices"], least["note"], least["growing"]) == ([], None, "fiction")

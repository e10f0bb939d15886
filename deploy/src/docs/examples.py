"""Examples of contracts, made from their types and a vocabulary: a new field appears in them without anybody's hand.

Two of each: the *full* one has every field, the *least* one only what must be there.  The vocabulary knows words of
the scheme by the names of fields, so that a reader of the page recognises dossier A; a name it does not know gets a
value of the right type.
"""

import hashlib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin
from uuid import UUID

VOCABULARY: Mapping[str, object] = {
    "aggregate": "project",
    "amount": Decimal("1600.00"),
    "campaign_year": 2025,
    "cause": "weather",
    "changed": "title",
    "classification": "all",
    "code": "86194",
    "codes": "86",
    "countries": "FR",
    "currency": "EUR",
    "deleted": False,
    "department": "86",
    "departments": "86",
    "directors": "Chiara Malta",
    "duration_minutes": 76,
    "ends": "passeurs.actions.project.state.v1/3",
    "epci": "200069854",
    "hash": "9f86d081884c7d65",
    "holder_name": "Maison des habitants des Couronneries (fictive)",
    "kind": "feature",
    "level": "dense",
    "main_municipality": "86194",
    "municipalities": "86194",
    "municipality": "86194",
    "name": "Poitiers",
    "number": "128083",
    "original_title": "Linda veut du poulet !",
    "other_titles": "Chicken for Linda!",
    "place": "Place de Provence, Poitiers",
    "population": 90_240,
    "priority_district": "QN08605M",
    "priority_districts": "QN08605M",
    "reason": "storm_warning",
    "region": "75",
    "regions": "75",
    "rna": "W861000001",
    "rule": "R12",
    "service": "actions",
    "siret": "90000001900019",
    "snapshot": "81305:81309:81305",
    "spectators": 214,
    "participants": 9,
    "time_zone": "Europe/Paris",
    "title": "Linda veut du poulet !",
    "version": 7,
    "vintage": 2025,
    "warning": "none",
    "year": 2023,
}


def _uuid(name: str) -> UUID:
    """Make an identifier that is always the same for the same name, in the form of version 7."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16])
    stamp = int(datetime(2025, 1, 21, 9, tzinfo=UTC).timestamp() * 1000)
    low = digest & ((1 << 62) - 1)
    return UUID(int=stamp << 80 | 0x7 << 76 | (digest >> 64 & 0xFFF) << 64 | 0b10 << 62 | low)


BY_TYPE: Mapping[object, Callable[[str], object]] = {
    UUID: _uuid,
    str: lambda name: name.replace("_", " "),
    int: lambda _: 3,
    float: lambda _: 0.5,
    bool: lambda _: True,
    Decimal: lambda _: Decimal("12.50"),
    datetime: lambda _: datetime(2025, 7, 25, 20, 15, tzinfo=UTC),
    date: lambda _: date(2025, 7, 25),
    time: lambda _: time(22, 15),
    object: lambda name: name,
    Any: lambda name: name,
}


def full(cls: type) -> Any:
    """Make an instance with every field."""
    return _instance(cls, least=False)


def least(cls: type) -> Any:
    """Make an instance with defaults, nulls and empty lists wherever they are allowed."""
    return _instance(cls, least=True)


def _instance(cls: type, *, least: bool) -> Any:
    hints = typing.get_type_hints(cls)
    chosen = {
        field.name: _value(field.name, hints[field.name], least=least)
        for field in fields(cls)
        if not (least and _has_default(field))
    }
    return cls(**chosen)


def _has_default(field: "Field[Any]") -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _value(name: str, kind: Any, *, least: bool) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _one_of(name, arguments, least=least)
    if origin is typing.Annotated:
        return _value(name, arguments[0], least=least)
    if origin is typing.Literal:
        return arguments[0]
    if origin is not None:
        return _many(name, origin, arguments, least=least)
    return _instance(typing.cast("type", kind), least=least) if is_dataclass(kind) else _scalar(name, kind)


def _one_of(name: str, arguments: tuple[Any, ...], *, least: bool) -> Any:
    if least and type(None) in arguments:
        return None
    return _value(name, next(one for one in arguments if one is not type(None)), least=least)


def _many(name: str, origin: Any, arguments: tuple[Any, ...], *, least: bool) -> Any:
    if issubclass(origin, Mapping):
        return {} if least else {_value(name, arguments[0], least=least): _value(name, arguments[1], least=least)}
    if origin is tuple and arguments[-1] is not Ellipsis:
        return tuple(_value(name, one, least=least) for one in arguments)
    return origin(() if least else (_value(name, arguments[0], least=least),))


def _scalar(name: str, kind: Any) -> object:
    known = VOCABULARY.get(name)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next((member for member in kind if member.value == known), next(iter(kind)))
    return known if type(known) is kind else BY_TYPE[kind](name)

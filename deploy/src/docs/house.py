"""The services as the pages need them: their modules, settings, verbs and doors.  Loads code; opens nothing."""

import importlib
import importlib.util
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from common.settings import Settings
from stack.services import SERVICES

__all__ = ["SERVICES", "has_door", "load_everything", "modules", "openapi", "settings"]


@cache
def modules(service: str) -> tuple[ModuleType, ...]:
    """Load every module of a service."""
    package = importlib.import_module(service)
    names = [found.name for found in pkgutil.walk_packages(package.__path__, f"{service}.")]
    return (package, *(importlib.import_module(name) for name in names if not name.endswith("__main__")))


def load_everything() -> None:
    """Load every module of the house, so that what registers itself by being defined is there."""
    common = importlib.import_module("common")
    for found in pkgutil.walk_packages(common.__path__, "common."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for service in SERVICES:
        modules(service)


def settings(service: str) -> type[Settings]:
    """Give a service's own settings class, or the common one if it adds nothing."""
    if importlib.util.find_spec(f"{service}.settings") is None:
        return Settings
    found: type[Settings] = importlib.import_module(f"{service}.settings").Settings
    return found


def has_door(service: str) -> bool:
    """Say whether a service can be asked over HTTP yet."""
    return importlib.util.find_spec(f"{service}.main") is not None


@cache
def openapi(service: str, *, sandbox: bool = False) -> dict[str, Any]:
    """Give a service's own OpenAPI document; its application is put together and never opened."""
    main = importlib.import_module(f"{service}.main")
    document: dict[str, Any] = main.api(_stand_in(settings(service), sandbox=sandbox)).openapi()
    return document


def _stand_in(kind: type[Settings], *, sandbox: bool) -> Settings:
    """Fill what must be given with an address that leads nowhere."""
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    given = dict.fromkeys(required, "https://passeurs.example")
    return kind.model_validate({**given, "sandbox": sandbox, "environment": "development" if sandbox else "production"})

"""The services as the pages need them: their modules, settings, verbs and doors.  Loads code; opens nothing."""

import importlib
import importlib.util
import pkgutil
from functools import cache
from types import ModuleType

from common.settings import Settings

SERVICES = ("partners", "catalogue", "actions", "reporting")


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

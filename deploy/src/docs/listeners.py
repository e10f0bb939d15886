"""Who listens to which topic: read from every service's consumer groups."""

import importlib
import inspect
from collections import defaultdict
from collections.abc import Iterator

from common.consumer import Group
from docs import house


def by_topic() -> dict[str, tuple[str, ...]]:
    """Give the names of the groups that listen to each topic."""
    found: dict[str, set[str]] = defaultdict(set)
    for service in house.SERVICES:
        for group in groups(service):
            for topic in group.listeners:
                found[topic].add(group.name)
    return {topic: tuple(sorted(names)) for topic, names in found.items()}


def groups(service: str) -> list[Group]:
    """Find the consumer groups that a service's Kafka door defines."""
    named = {group.name: group for group in _groups(service)}
    return [named[name] for name in sorted(named)]


def _groups(service: str) -> Iterator[Group]:
    """Take groups as they are, and make those that ask for something of the running process."""
    for value in vars(importlib.import_module(f"{service}.consumers")).values():
        if isinstance(value, Group):
            yield value
        elif inspect.isfunction(value) and inspect.signature(value).return_annotation is Group:
            asked = inspect.signature(value).parameters.values()
            yield value(*(one.annotation() for one in asked))

"""Who listens to which topic: read from every service's consumer groups."""

from collections import defaultdict

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
    """Find the consumer groups that a service's modules define."""
    named = {
        value.name: value
        for module in house.modules(service)
        for value in vars(module).values()
        if isinstance(value, Group)
    }
    return [named[name] for name in sorted(named)]

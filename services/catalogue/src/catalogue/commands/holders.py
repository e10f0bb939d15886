"""Whoever offers rights or lends copies is an organisation that has been heard of, and whose last day is not over."""

from datetime import datetime
from zoneinfo import ZoneInfo

from catalogue.store.organisations import KnownOrganisation
from common.errors import Conflict, NotKnownHere

PARIS = ZoneInfo("Europe/Paris")
"""The clock of whoever trades films in France, overseas too: an organisation's own is not known here."""


def require(holder: KnownOrganisation | None, closed: type[Conflict], *, at: datetime) -> None:
    """Refuse a holder that nobody has heard of or, as `closed`, one that no longer is."""
    if holder is None:
        raise NotKnownHere(pointer="/holder_id")
    if holder.closed_on is not None and holder.closed_on < at.astimezone(PARIS).date():
        raise closed(pointer="/holder_id")

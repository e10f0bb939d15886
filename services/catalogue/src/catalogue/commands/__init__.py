"""The verbs of the catalogue.  Each one reads, decides, writes and announces."""

from catalogue.commands.films import (
    change_film,
    clear_film,
    record_visa,
    register_film,
    remove_visa,
    restrict_film,
)
from catalogue.commands.imports import Known, take_rows
from catalogue.commands.rights import change_rights_offer, offer_rights, withdraw_rights_offer

__all__ = [
    "Known",
    "change_film",
    "change_rights_offer",
    "clear_film",
    "offer_rights",
    "record_visa",
    "register_film",
    "remove_visa",
    "restrict_film",
    "take_rows",
    "withdraw_rights_offer",
]

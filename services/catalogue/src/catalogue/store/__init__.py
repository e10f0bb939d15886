"""Every SQL statement of the catalogue.  Each function works in its caller's transaction."""

from catalogue.store.films import (
    claim_names,
    create_film,
    film_exists,
    found_by,
    keep_words,
    lock_film,
    lock_films_called,
    save_film,
)
from catalogue.store.organisations import (
    KnownOrganisation,
    forget_organisation,
    keep_organisations,
    known_organisation,
)
from catalogue.store.rights import (
    OfferFilters,
    create_rights_offer,
    list_rights_offers,
    lock_rights_offer,
    rights_offer_doc,
    save_rights_offer,
)
from catalogue.store.search import Filters, film_doc, list_films, search_films

__all__ = [
    "Filters",
    "KnownOrganisation",
    "OfferFilters",
    "claim_names",
    "create_film",
    "create_rights_offer",
    "film_doc",
    "film_exists",
    "forget_organisation",
    "found_by",
    "keep_organisations",
    "keep_words",
    "known_organisation",
    "list_films",
    "list_rights_offers",
    "lock_film",
    "lock_films_called",
    "lock_rights_offer",
    "rights_offer_doc",
    "save_film",
    "save_rights_offer",
    "search_films",
]

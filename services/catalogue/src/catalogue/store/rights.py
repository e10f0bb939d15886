"""Rights offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

import asyncpg

from catalogue.domain import titles
from catalogue.domain.offering import NamedFilm
from catalogue.domain.rights import NoSuchRightsOffer, RightsOffer
from common import outbox, rows
from common.contracts import catalogue as contracts
from common.contracts.catalogue import RightsOfferStatus
from common.database import Transaction
from common.idempotency import Answer, Once

OfferFact: TypeAlias = contracts.RightsOfferOffered | contracts.RightsOfferChanged | contracts.RightsOfferWithdrawn

_OWN = ("id", "version", "status", "film_id", "holder_id")
_COVERED = ("uses", "territories", "versions", "starts_on", "ends_on")
_ASKED = ("price_cents", "tax_basis_points", "audience_max", "cancellation", "negotiated_nationally")
_TERMS = (*_COVERED, *_ASKED)
COLUMNS = (*_OWN, *_TERMS)
NESTED = frozenset({"cancellation"})

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_CREATE = outbox.creating(
    f"""
    INSERT INTO rights_offer ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE rights_offer
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilters:
    """What a list of offers may be narrowed by; None: any.  `on` is a day that the window covers."""

    film_id: UUID | None = None
    holder_id: UUID | None = None
    status: str | None = None
    use: str | None = None
    territory: str | None = None
    version: str | None = None
    on: date | None = None


async def lock_rights_offer(tx: Transaction, offer_id: UUID) -> RightsOffer:
    """Read one offer and hold its row."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM rights_offer WHERE id = $1 FOR UPDATE", offer_id)
    if row is None:
        raise NoSuchRightsOffer
    return rows.restored(RightsOffer, row, NESTED, part="terms")


async def lock_offers_on(tx: Transaction, film_id: UUID) -> list[RightsOffer]:
    """Read and hold all offers on a film."""
    found = await tx.fetch(f"SELECT {_LISTED} FROM rights_offer WHERE film_id = $1 ORDER BY id FOR UPDATE", film_id)
    return [rows.restored(RightsOffer, row, NESTED, part="terms") for row in found]


async def create_rights_offer(tx: Transaction, offer: RightsOffer, fact: OfferFact, once: Once | None) -> Answer:
    location = f"/v1/rights-offers/{offer.id}"
    return await outbox.write(tx, _CREATE, _values(offer), _said(offer, fact), once, status=201, location=location)


async def save_rights_offer(tx: Transaction, offer: RightsOffer, fact: OfferFact, once: Once | None) -> Answer:
    return await outbox.write(tx, _SAVE, _values(offer), _said(offer, fact), once)


async def lock_offers_of(tx: Transaction, holder_id: UUID, films: Sequence[UUID]) -> list[RightsOffer]:
    """Read and hold what a holder offers on these films, in one order for all; what was withdrawn is left out."""
    found = await tx.fetch(
        f"""
        SELECT {_LISTED}
          FROM rights_offer
         WHERE holder_id = $1 AND film_id = ANY ($2::uuid[]) AND status = 'offered'
         ORDER BY id
           FOR UPDATE
        """,
        holder_id,
        films,
    )
    return [rows.restored(RightsOffer, row, NESTED, part="terms") for row in found]


async def keep_films_standing(tx: Transaction, films: Sequence[UUID]) -> bool:
    """Keep films from being merged until the transaction ends, in one order for all; tell whether none was yet."""
    found = await tx.fetch(
        "SELECT merged_into FROM film WHERE id = ANY ($1::uuid[]) ORDER BY id FOR KEY SHARE", list(films)
    )
    return all(row["merged_into"] is None for row in found)


async def films_called(tx: Transaction, calls: Sequence[tuple[str, str]]) -> list[NamedFilm]:
    """Find the films that carry one of these names, or are filed under one of these titles."""
    found = await tx.fetch(
        """
        WITH asked AS (SELECT scheme, value FROM unnest($1::text[], $2::text[]) AS asked (scheme, value))
        SELECT id, title, original_title, other_titles, year,
               ARRAY(SELECT scheme FROM film_name WHERE film_id = film.id ORDER BY scheme, value) AS schemes,
               ARRAY(SELECT value FROM film_name WHERE film_id = film.id ORDER BY scheme, value) AS numbers
          FROM film
         WHERE id IN (SELECT coalesce(merged_into, id)
                        FROM film
                       WHERE filed IN (SELECT value FROM asked WHERE scheme = 'title'))
            OR id IN (SELECT film_id FROM film_name JOIN asked USING (scheme, value))
         ORDER BY id
        """,
        [scheme for scheme, _ in calls],
        [value for _, value in calls],
    )
    return [_named_film(row) for row in found]


def _named_film(row: asyncpg.Record) -> NamedFilm:
    names = zip(row["schemes"], row["numbers"], strict=True)
    said = (row["title"], row["original_title"], *row["other_titles"])
    called = (("title", titles.filed(title)) for title in said if title)
    return NamedFilm(id=row["id"], title=row["title"], year=row["year"], calls=frozenset({*names, *called}))


async def rights_offer_doc(tx: Transaction, offer_id: UUID) -> tuple[int, str, RightsOfferStatus]:
    """Read an offer as it was published: its version, its document, its status."""
    row = await tx.fetchrow("SELECT version, doc, status FROM rights_offer WHERE id = $1", offer_id)
    if row is None:
        raise NoSuchRightsOffer
    return row["version"], row["doc"], RightsOfferStatus(row["status"])


async def list_rights_offers(
    tx: Transaction, filters: OfferFilters, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read offers in the order in which they were made."""
    found = await tx.fetch(
        """
        SELECT id, doc
          FROM rights_offer
         WHERE ($1::uuid IS NULL OR film_id = $1)
           AND ($2::uuid IS NULL OR holder_id = $2)
           AND ($3::text IS NULL OR status = $3)
           AND ($4::text IS NULL OR $4 = ANY (uses))
           AND ($5::text IS NULL OR $5 = ANY (territories))
           AND ($6::text IS NULL OR $6 = ANY (versions))
           AND ($7::date IS NULL OR $7 BETWEEN starts_on AND ends_on)
           AND ($8::uuid IS NULL OR id > $8)
         ORDER BY id
         LIMIT $9
        """,
        filters.film_id,
        filters.holder_id,
        filters.status,
        filters.use,
        filters.territory,
        filters.version,
        filters.on,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


def _said(offer: RightsOffer, fact: OfferFact) -> outbox.Announcement:
    state = offer.state(at=fact.occurred_at)
    return outbox.Announcement(aggregate="rights_offer", id=offer.id, version=offer.version, state=state, facts=[fact])


def _values(offer: RightsOffer) -> list[object]:
    return [*rows.values(offer, _OWN), *rows.values(offer.terms, _TERMS, NESTED)]

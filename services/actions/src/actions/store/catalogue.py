"""What `catalogue` has announced and film law looks at: films, and what rights-holders offer on them.

Written by the consumers, read by the verbs, guarded as all that was heard is (`known`).
"""

from collections.abc import Collection
from uuid import UUID

import asyncpg
import msgspec

from actions.domain.known import Film, RightsOffer
from common.contracts.catalogue import (
    Classification,
    FilmState,
    FilmVersion,
    RightsOfferState,
    RightsOfferStatus,
    RightsTerritory,
    RightsUse,
    ScreenVersion,
    Visa,
    WorkshopFilm,
)
from common.contracts.money import cents
from common.database import Transaction
from common.errors import NotKnownHere


class RightsOfferNotKnownYet(NotKnownHere):
    code = NotKnownHere.code
    title = "This rights offer has not been heard of here yet."
    titre = "Cette offre de droits n’est pas encore connue ici."


async def hear_film(tx: Transaction, heard: FilmState, epoch: int) -> None:
    await tx.execute(
        """
        INSERT INTO known_film AS known
               (id, epoch, version, title, duration_minutes, visas, classification, released_on, workshop, project_id,
                merged_into, screen_versions, own_classification)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, title = excluded.title,
               duration_minutes = excluded.duration_minutes, visas = excluded.visas,
               classification = excluded.classification, released_on = excluded.released_on,
               workshop = excluded.workshop, project_id = excluded.project_id,
               merged_into = excluded.merged_into, screen_versions = excluded.screen_versions,
               own_classification = excluded.own_classification
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        heard.id,
        epoch,
        heard.version,
        heard.title,
        heard.duration_minutes,
        msgspec.json.encode(heard.visas).decode(),
        heard.classification,
        heard.released_on,
        msgspec.json.encode(heard.workshop).decode() if heard.workshop else None,
        heard.workshop.project_id if heard.workshop else None,
        heard.merged_into,
        msgspec.json.encode(heard.screen_versions).decode(),
        heard.own_classification,
    )
    if heard.merged_into is not None:
        merged = "INSERT INTO merged_film (into_id, film_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        await tx.execute(merged, heard.merged_into, heard.id)


async def hear_rights_offer(tx: Transaction, heard: RightsOfferState, epoch: int) -> None:
    await tx.execute(
        """
        INSERT INTO known_rights_offer AS known
               (id, epoch, version, film_id, starts_on, ends_on, uses, territories, versions, withdrawn, price_cents,
                tax_basis_points, audience_max)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, film_id = excluded.film_id,
               starts_on = excluded.starts_on, ends_on = excluded.ends_on, uses = excluded.uses,
               territories = excluded.territories, versions = excluded.versions, withdrawn = excluded.withdrawn,
               price_cents = excluded.price_cents, tax_basis_points = excluded.tax_basis_points,
               audience_max = excluded.audience_max
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        heard.id,
        epoch,
        heard.version,
        heard.film_id,
        heard.starts_on,
        heard.ends_on,
        heard.uses,
        heard.territories,
        heard.versions,
        heard.status is RightsOfferStatus.WITHDRAWN,
        None if heard.price is None else cents(heard.price),
        heard.tax_basis_points,
        heard.audience_max,
    )


async def films(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Film]:
    """Find those of these films that have been heard of, by the ids they are asked for by and those they have.

    A film that was merged is the one it was merged into; until that one has been heard of as it is now, it is none.
    """
    rows = await tx.fetch(
        """
        SELECT named.id AS named, film.id, film.title, film.duration_minutes, film.visas, film.classification,
               film.released_on, film.workshop, film.screen_versions, film.own_classification
          FROM known_film AS named
          JOIN known_film AS film ON film.id = coalesce(named.merged_into, named.id) AND film.merged_into IS NULL
         WHERE named.id = ANY ($1::uuid[])
        """,
        list(ids),
    )
    found = [(row["named"], _film(row)) for row in rows]
    return {film.id: film for _, film in found} | dict(found)


async def workshop_films(tx: Transaction, project_id: UUID) -> tuple[Film, ...]:
    """List the films that a project's workshops made, as far as the catalogue has told of them."""
    rows = await tx.fetch(
        """
        SELECT id, title, duration_minutes, visas, classification, released_on, workshop, screen_versions,
               own_classification
          FROM known_film
         WHERE project_id = $1
         ORDER BY id
        """,
        project_id,
    )
    return tuple(_film(row) for row in rows)


async def offers_stood_on(tx: Transaction, ids: Collection[UUID]) -> tuple[frozenset[UUID], dict[UUID, int]]:
    """Name those of these offers that have been withdrawn, and how many may watch by those that have a ceiling."""
    if not ids:
        return frozenset(), {}
    found = await tx.fetch(
        "SELECT id, withdrawn, audience_max FROM known_rights_offer WHERE id = ANY ($1::uuid[])", list(ids)
    )
    ceilings = {row["id"]: row["audience_max"] for row in found if row["audience_max"] is not None}
    return frozenset(row["id"] for row in found if row["withdrawn"]), ceilings


async def rights_offer(tx: Transaction, offer_id: UUID, *, on: UUID) -> RightsOffer:
    """Find an offer; if its film is the same as the one it is to be used `on`, by that one's id."""
    row = await tx.fetchrow(
        """
        SELECT offer.id, offer.starts_on, offer.ends_on, offer.uses, offer.territories, offer.versions,
               offer.withdrawn, offer.price_cents, offer.tax_basis_points, offer.audience_max,
               CASE WHEN coalesce(offered.merged_into, offer.film_id) = coalesce(shown.merged_into, $2)
                    THEN $2 ELSE offer.film_id END AS film_id
          FROM known_rights_offer AS offer
          LEFT JOIN known_film AS offered ON offered.id = offer.film_id
          LEFT JOIN known_film AS shown ON shown.id = $2
         WHERE offer.id = $1
        """,
        offer_id,
        on,
    )
    if row is None:
        raise RightsOfferNotKnownYet
    return _rights_offer(row)


async def offers_on(tx: Transaction, films: Collection[UUID]) -> tuple[RightsOffer, ...]:
    """List what has been heard of offers on these films, the withdrawn ones too, a thousand at most.

    Those on a film that one of them was merged into are among them.
    """
    found = await tx.fetch(
        """
        SELECT id, film_id, starts_on, ends_on, uses, territories, versions, withdrawn, price_cents,
               tax_basis_points, audience_max
          FROM known_rights_offer
         WHERE film_id = ANY ($1::uuid[] || ARRAY(SELECT merged_into FROM known_film WHERE id = ANY ($1::uuid[])))
         ORDER BY id
         LIMIT 1000
        """,
        list(films),
    )
    return tuple(_rights_offer(row) for row in found)


def _film(row: asyncpg.Record) -> Film:
    return Film(
        id=row["id"],
        title=row["title"],
        duration_minutes=row["duration_minutes"],
        visas=msgspec.json.decode(row["visas"], type=tuple[Visa, ...]),
        classification=Classification(row["classification"]) if row["classification"] else None,
        own_classification=Classification(row["own_classification"]) if row["own_classification"] else None,
        released_on=row["released_on"],
        workshop=msgspec.json.decode(row["workshop"], type=WorkshopFilm) if row["workshop"] else None,
        screen_versions=msgspec.json.decode(row["screen_versions"], type=tuple[ScreenVersion, ...]),
    )


def _rights_offer(row: asyncpg.Record) -> RightsOffer:
    return RightsOffer(
        id=row["id"],
        film_id=row["film_id"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        uses=tuple(RightsUse(use) for use in row["uses"]),
        territories=tuple(RightsTerritory(territory) for territory in row["territories"]),
        versions=tuple(FilmVersion(version) for version in row["versions"]),
        withdrawn=row["withdrawn"],
        price_cents=row["price_cents"],
        tax_basis_points=row["tax_basis_points"],
        audience_max=row["audience_max"],
    )

"""Who said what of a film, and what is said otherwise, over HTTP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response

from catalogue.api.redirects import ELSEWHERE, elsewhere
from catalogue.commands import films as commands
from catalogue.domain import access, provenance, settling
from catalogue.domain.film import Film, FilmIsMerged, IdentifierTaken, NoSuchFilm, NothingToChange
from catalogue.domain.provenance import ConflictSettled, Decision, NoSuchConflict, Source
from catalogue.store import conflicts, films
from catalogue.store.conflicts import FilmConflict
from common.contracts.catalogue import FilmState
from common.http import Caller, ChangeOnce, Db, Model, Now, present, respond
from common.problems import problems

router = APIRouter(tags=["films"])


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSaid:
    """Who answers for what is known of one field of a film; a visa's field is `visas/` and its number."""

    field: str
    source: Source
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who said what of a film, and where somebody says otherwise: what nobody has settled yet comes first.

    Of what was known before anybody was asked, no field is told.
    """

    film_id: UUID
    version: int
    fields: tuple[FieldSaid, ...]
    conflicts: tuple[FilmConflict, ...]


class SettleBody(Model):
    """Which of the two is right: what is kept, or what is said otherwise."""

    decision: Decision


@router.get(
    "/v1/films/{film_id}/provenance",
    operation_id="film.provenance",
    response_model=Provenance,
    responses={**ELSEWHERE, **problems(NoSuchFilm)},
)
async def read(film_id: UUID, db: Db, caller: Caller) -> Response:
    """Tell who said what of a film, and when; and what sources say otherwise than what is kept."""
    access.require(caller, "film.provenance")
    async with db.transaction(caller) as tx:
        film = await films.film(tx, film_id)
        if film.merged_into is not None:
            return elsewhere(f"/v1/films/{film.merged_into}/provenance")
        raised = await conflicts.film_conflicts(tx, film_id)
    said = tuple(FieldSaid(field=name, source=one.source, said_at=one.at) for name, one in provenance.each(film.said))
    answer = Provenance(film_id=film.id, version=film.version, fields=said, conflicts=tuple(_shown(raised, film)))
    return present(msgspec.json.encode(answer), version=film.version)


def _shown(raised: Sequence[FilmConflict], film: Film) -> Iterator[FilmConflict]:
    """Show what was settled as it was then, and what still differs beside what is kept by now."""
    for one in raised:
        if one.decision is not None:
            yield one
        elif settling.is_open(film, one.difference):
            yield replace(one, kept=settling.kept(film, one.field))


@router.post(
    "/v1/films/{film_id}/conflicts/{conflict_id}/settle",
    operation_id="film.settle_conflict",
    response_model=FilmState,
    responses=problems(NoSuchFilm, NoSuchConflict, ConflictSettled, FilmIsMerged, NothingToChange, IdentifierTaken),
)
async def settle(
    film_id: UUID,
    conflict_id: UUID,
    body: SettleBody,
    db: Db,
    caller: Caller,
    once: ChangeOnce,
    now: Now,
) -> Response:
    """Settle what a source says otherwise; the same source saying the same does not raise it again.

    Taken is what was in dispute: of a visa, what has been recorded since the conflict was raised stays.
    """
    async with db.transaction(caller) as tx:
        answer = await commands.settle_conflict(
            tx, film_id, conflict_id, body.decision, caller=caller, once=once, at=now
        )
    return respond(answer)

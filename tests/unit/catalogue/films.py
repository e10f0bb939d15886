"""Films for tests: a valid one, of which a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from catalogue.domain.film import Description, Film, NewFilm
from catalogue.domain.provenance import Source, SourceKind
from common.contracts.catalogue import Clearance, Consents, Visa, WorkshopFilm

NOON = datetime(2025, 4, 28, 12, tzinfo=UTC)
FILM_ID = UUID(int=1)
FILE = Source(kind=SourceKind.FILE, name="ours")
CLIENT = Source(kind=SourceKind.CLIENT, name="portal", organisation_id=UUID(int=9))
PROJECT_ID = UUID(int=7)
AGREED = WorkshopFilm(
    project_id=PROJECT_ID,
    action_id=None,
    clearance=Clearance.PENDING,
    dissemination=None,
    consents=Consents(identifiable=9, restitution_only=9, network=9, festivals=9, internet=9),
)
UNSETTLED = WorkshopFilm(project_id=PROJECT_ID, action_id=None, clearance=Clearance.PENDING, dissemination=None)


def a_film(
    *visas: Visa, id_: UUID = FILM_ID, workshop: WorkshopFilm | None = None, title: str = "Le Tableau", **said: Any
) -> Film:
    film, _ = Film.register(
        id_, NewFilm(description=Description(title=title, **said), visas=visas, workshop=workshop), at=NOON
    )
    return film

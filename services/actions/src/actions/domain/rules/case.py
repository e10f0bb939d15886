"""One film at one session, in the words that film law uses: everything that a rule of screening may look at."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.contracts.actions import AuthorisationStatus, Regime, Support, Under12Outdoors
from common.contracts.catalogue import Classification, FilmVersion, RightsTerritory, RightsUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is judged.  `counts_from` is the day of the first dated visa, else of the release, which came after it.

    `authorised_days` are those on which the CNC allows this film at this place; `declared_on` is when it was told that
    it moves there on this day, or that all does.
    """

    on: date
    regime: Regime
    outdoors: bool
    organiser_id: UUID
    licensed_operator: bool
    habilitated: bool
    municipality: str
    place_id: UUID
    place_label: str
    under_12_outdoors: Under12Outdoors
    access_note: bool
    free_of_charge: bool
    promotes_a_sale: bool
    commercial_poster: bool
    paid_sessions_besides: int
    derogation: bool
    room_from: date | None
    declared_on: date | None
    declared_for_all: bool
    screen_licence: str | None

    film_id: UUID
    film_title: str
    duration_minutes: int | None
    workshop_film: bool
    has_visa: bool
    counts_from: date | None
    classification: Classification | None

    request_by: date | None
    requested_on: date | None
    authorisation: AuthorisationStatus
    authorised_organiser_id: UUID | None
    authorised_municipalities: tuple[str, ...]
    authorised_place_ids: tuple[UUID, ...]
    authorised_film_ids: tuple[UUID, ...]
    authorised_on: tuple[date, ...]
    authorised_days: tuple[date, ...]

    use: RightsUse
    territory: RightsTerritory
    film_version: FilmVersion | None
    support: Support
    rights_confirmed: bool
    rights_from: date | None
    rights_until: date | None
    rights_uses: tuple[RightsUse, ...]
    rights_territories: tuple[RightsTerritory, ...]
    rights_versions: tuple[FilmVersion, ...]
    offer_withdrawn: bool
    expected_audience: int | None
    audience_max: int | None

"""What may happen to a list of films, and whose lists are whose to write."""

from dataclasses import replace
from uuid import UUID

import pytest

from catalogue.domain import access
from catalogue.domain.film import NothingToChange
from catalogue.domain.lists import (
    FILMS_MAX,
    FilmList,
    FilmListClosed,
    FilmListFull,
    FilmNotListed,
    NewFilmList,
    RegionalSchemeOnly,
)
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.contracts.catalogue import FilmListLevel, FilmListScheme, FilmListStatus, ListedFilm
from common.errors import DomainError, NotYours, ScopeMissing
from common.tokens import SYSTEM, Principal, Territory
from tests.unit.catalogue.films import FILM_ID, NOON

COORDINATION, OTHER = UUID(int=21), UUID(int=22)
NEW = NewFilmList(scheme=FilmListScheme.OPEN_AIR, year=2025, title="Plein air 2025")
LIST, PUBLISHED = FilmList.publish(UUID(int=20), NEW, at=NOON)
FILM = ListedFilm(film_id=FILM_ID, negotiated=True)


def test_a_list_begins_open_and_empty_and_tells_which_it_is():
    assert (LIST.version, LIST.status, LIST.films) == (1, FilmListStatus.OPEN, ())
    assert (PUBLISHED.scheme, PUBLISHED.level, PUBLISHED.year) == ("open_air", FilmListLevel.NATIONAL, 2025)


def test_a_list_with_a_coordination_is_regional():
    made, fact = FilmList.publish(UUID(int=20), replace(NEW, coordination_id=COORDINATION), at=NOON)
    assert (made.level, fact.level, fact.coordination_id) == (*[FilmListLevel.REGIONAL] * 2, COORDINATION)


def test_the_nation_has_no_regional_selection():
    regional = replace(NEW, scheme=FilmListScheme.REGIONAL_SELECTION)
    with pytest.raises(RegionalSchemeOnly):
        FilmList.publish(UUID(int=20), regional, at=NOON)
    made, _ = FilmList.publish(UUID(int=20), replace(regional, coordination_id=COORDINATION), at=NOON)
    assert made.scheme is FilmListScheme.REGIONAL_SELECTION


def test_films_are_added_behind_one_another_and_removed():
    listing, fact = LIST.add(FILM, at=NOON)
    listing, _ = listing.add(ListedFilm(film_id=UUID(int=2), negotiated=False), at=NOON)
    assert ([one.film_id.int for one in listing.films], listing.version) == ([1, 2], 3)
    assert (fact.film_id, fact.negotiated) == (FILM_ID, True)
    listing, removed = listing.remove(FILM_ID, at=NOON)
    assert ([one.film_id.int for one in listing.films], removed.film_id) == ([2], FILM_ID)


def test_a_film_stands_on_a_list_once_whatever_is_said_of_its_tariff():
    listing, _ = LIST.add(FILM, at=NOON)
    with pytest.raises(NothingToChange):
        listing.add(FILM, at=NOON)
    free, fact = listing.add(replace(FILM, negotiated=False), at=NOON)
    assert (free.films, fact.negotiated) == ((ListedFilm(film_id=FILM_ID, negotiated=False),), False)


def test_what_is_not_listed_is_not_removed():
    with pytest.raises(FilmNotListed):
        LIST.remove(FILM_ID, at=NOON)


def test_a_list_has_a_limit_and_one_film_less_makes_room():
    full = replace(LIST, films=tuple(ListedFilm(film_id=UUID(int=n), negotiated=False) for n in range(FILMS_MAX)))
    with pytest.raises(FilmListFull):
        full.add(ListedFilm(film_id=UUID(int=FILMS_MAX), negotiated=False), at=NOON)
    room, _ = full.remove(UUID(int=0), at=NOON)
    again, _ = room.add(ListedFilm(film_id=UUID(int=FILMS_MAX), negotiated=False), at=NOON)
    assert len(again.films) == FILMS_MAX
    told, _ = full.add(FILM, at=NOON)
    assert len(told.films) == FILMS_MAX, "the tariff of one that is there may be told on a full list"


def test_what_is_closed_stays_as_it_is():
    listed, _ = LIST.add(FILM, at=NOON)
    closed, fact = listed.close(at=NOON)
    assert (closed.status, closed.films, fact.film_list_id) == (FilmListStatus.CLOSED, (FILM,), LIST.id)
    for verb in (
        lambda: closed.add(replace(FILM, negotiated=False), at=NOON),
        lambda: closed.remove(FILM_ID, at=NOON),
        lambda: closed.close(at=NOON),
    ):
        with pytest.raises(FilmListClosed):
            verb()


def a_caller(role: Role, coordination_id: UUID | None = None) -> Principal:
    return Principal(
        client_id="x",
        role=role,
        scopes=SCOPES_OF[role],
        org=UUID(int=9),
        coordination_id=coordination_id,
        territory=Territory(LEVEL_OF[role]),
    )


@pytest.mark.parametrize(
    ("caller", "of_the_nation", "of_the_coordination"),
    [
        (SYSTEM, None, None),
        (a_caller(Role.NATIONAL_COORDINATION), None, None),
        (a_caller(Role.REGIONAL_COORDINATOR, COORDINATION), NotYours, None),
        (a_caller(Role.REGIONAL_COORDINATOR, OTHER), NotYours, NotYours),
        (a_caller(Role.REGIONAL_COORDINATOR), NotYours, NotYours),
        (a_caller(Role.COMMITTEE_SECRETARY, COORDINATION), ScopeMissing, ScopeMissing),
        (a_caller(Role.PROJECT_HOLDER), ScopeMissing, ScopeMissing),
    ],
    ids=["system", "national", "its coordination", "another", "one of none", "its committee", "a holder"],
)
def test_a_list_is_written_by_its_coordination_or_by_the_nation(
    caller: Principal, of_the_nation: type[DomainError] | None, of_the_coordination: type[DomainError] | None
):
    for verb in ("film_list.publish", "film_list.add_film", "film_list.remove_film", "film_list.close"):
        assert access.refusal(caller, verb) is of_the_nation
        assert access.refusal(caller, verb, COORDINATION) is of_the_coordination

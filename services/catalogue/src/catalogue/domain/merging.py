"""Two films that turn out to be one: what the duplicate has goes to the survivor, and its id leads there for ever.

(1) A merged film carries nothing any more: no visa and no identifier; it is not changed again, and never comes back.
(2) It leads to a film that is not merged itself.  Whoever was merged into the duplicate before is led on with it:
    chains are flat, one step is always enough, and there is no cycle.
(3) Merges are decided one at a time, and the films concerned are held in the order of their ids, as an import holds
    them (`store.films.lock_films_merging`): nobody reads a chain while it is being moved, and nobody waits crosswise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeAlias

from catalogue.domain import provenance, titles, versions, visas
from catalogue.domain.film import Description, Film, NotAWorkshopFilm
from catalogue.domain.provenance import Difference, Source
from common.contracts import catalogue as contracts
from common.contracts.catalogue import FilmChanged, FilmMerged, FilmVisaChanged, Visa, VisaKind
from common.errors import Conflict, DomainError, FieldError, Invalid

UNITED = frozenset({"other_titles", "identifiers", "versions", "screen_versions", "themes"})
"""What a film has several of: the survivor has its own and the duplicate's."""

TOGETHER = UNITED | {"title", "original_title", "warning"}
"""Of these, too, it has both: titles among its other ones, warnings one after the other."""


class UnknownSurvivor(Invalid):
    """A duplicate is merged into a film of the catalogue."""

    title = "A film is merged into another film of the catalogue."
    titre = "Un film est fusionné avec un autre film du catalogue."


class MergedIntoItself(Invalid):
    """Whatever was merged into this film before leads back here, too."""

    title = "A film cannot be merged into itself."
    titre = "Un film ne peut pas être fusionné avec lui-même."


class WorkshopFilmsStayApart(Conflict):
    """Consents were given for one film, by those who can be recognised in it."""

    title = "A film made in a workshop is never merged with another."
    titre = "Un film d’atelier n’est jamais fusionné avec un autre."


class VisasContradict(Conflict):
    """Two classes for one version cannot both be right: a visa is corrected first, or the works differ."""

    title = "The films' visas contradict each other."
    titre = "Les visas des deux films se contredisent."


Change: TypeAlias = FilmChanged | FilmVisaChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What becomes of the films: the facts of each, and where the two were said to be otherwise."""

    duplicate: Film
    fact: FilmMerged
    survivor: Film
    changes: tuple[Change, ...]
    led_on: tuple[tuple[Film, FilmMerged], ...]
    differences: tuple[Difference, ...]


def merge(duplicate: Film, survivor: Film, led_here: Sequence[Film], *, by: Source, at: datetime) -> Merge:
    """Merge a film into another one; `led_here` are those that were merged into the duplicate before."""
    _require_possible(duplicate, survivor)
    different = tuple(_differences(duplicate, survivor))
    kept, changes = _enriched(duplicate, survivor, by=by, at=at)
    gone, fact = _led(_emptied(duplicate, by=by, at=at), survivor, different, at=at)
    return Merge(
        duplicate=gone,
        fact=fact,
        survivor=kept,
        changes=changes,
        led_on=tuple(_led(one, survivor, (), at=at) for one in led_here),
        differences=different,
    )


def _require_possible(duplicate: Film, survivor: Film) -> None:
    if duplicate.id == survivor.id:
        raise MergedIntoItself(pointer="/into")
    if duplicate.workshop or survivor.workshop:
        raise WorkshopFilmsStayApart
    if contradictions := tuple(_contradictions(duplicate, survivor)):
        raise VisasContradict(errors=contradictions)


def _contradictions(duplicate: Film, survivor: Film) -> Iterator[FieldError]:
    for one in duplicate.visas:
        for other in survivor.visas:
            if _contradict(one, other):
                said = f"{one.number}: {one.classification}; {other.number}: {other.classification}"
                dit = " ; ".join(f"{visa.number} : {visas.ADMITTED[visa.classification]}" for visa in (one, other))
                yield FieldError("/into", "visas-contradict", said, libelle=dit)


def _contradict(one: Visa, other: Visa) -> bool:
    """Tell whether two ordinary visas give one version two classes; a visa that names no version is for all."""
    if {one.kind, other.kind} != {VisaKind.ORDINARY} or None in {one.classification, other.classification}:
        return False
    meet = not one.versions or not other.versions or set(one.versions) & set(other.versions)
    return bool(meet) and one.classification is not other.classification


def _enriched(duplicate: Film, survivor: Film, *, by: Source, at: datetime) -> tuple[Film, tuple[Change, ...]]:
    """Give the survivor what the duplicate has: titles, identifiers, versions, visas, and what it does not know."""
    film, changes = survivor, list[Change]()
    known = dict(_completing(duplicate.description, survivor.description))
    if survivor.description.differences(replace(survivor.description, **known).checked()):
        film, changed = film.change(known, at=at)
        changes.append(changed)
    if duplicate.visas:
        film, visas = film.take_visas(duplicate.visas, at=at)
        changes.append(visas)
    moved = [name for name in duplicate.parts() if name.startswith("visas/") or name in known.keys() - UNITED]
    told = film.told(survivor, by, at=at)
    return replace(told, said=provenance.followed(told.said, duplicate.said, moved)), tuple(changes)


def _completing(here: Description, there: Description) -> Iterator[tuple[str, Any]]:
    for field in fields(Description):
        own, other = getattr(there, field.name), getattr(here, field.name)
        if field.name == "other_titles":
            yield field.name, _titles(here, there)
        elif field.name == "screen_versions":
            yield field.name, versions.united(own, other)
        elif field.name in UNITED:
            yield field.name, tuple(dict.fromkeys((*own, *other)))
        elif field.name == "classification":
            yield field.name, max((one for one in (own, other) if one), key=visas.STRICTER.index, default=None)
        elif field.name == "warning":
            yield field.name, visas.together(own, other)
        elif other and not own:
            yield field.name, other


def _titles(here: Description, there: Description) -> tuple[str, ...]:
    """List the survivor's other titles and the duplicate's, each once by how it is filed."""
    shown = {titles.filed(title) for title in (there.title, there.original_title) if title}
    found = (*there.other_titles, here.title, here.original_title, *here.other_titles)
    by_file = {titles.filed(title): title for title in reversed(found) if title}
    return tuple(title for filed, title in reversed(by_file.items()) if filed not in shown)


def _differences(duplicate: Film, survivor: Film) -> Iterator[Difference]:
    """Name what both are said to be, and differently; what the survivor has both of is not one of them."""
    for field in fields(Description):
        own, other = getattr(survivor.description, field.name), getattr(duplicate.description, field.name)
        if field.name not in TOGETHER and own and other and own != other:
            yield Difference(field=field.name, kept=own, said=other)


def _emptied(duplicate: Film, *, by: Source, at: datetime) -> Film:
    emptied = replace(duplicate, visas=(), description=replace(duplicate.description, identifiers=()))
    return emptied.told(duplicate, by, at=at)


def _led(film: Film, survivor: Film, different: Sequence[Difference], *, at: datetime) -> tuple[Film, FilmMerged]:
    """Lead a film's id to the survivor."""
    led = replace(film, version=film.version + 1, merged_into=survivor.id)
    return led, contracts.FilmMerged(
        occurred_at=at,
        film_id=film.id,
        title=film.description.title,
        into=survivor.id,
        differing=tuple(one.field for one in different),
    )


def refusals(*, is_workshop_film: bool) -> Mapping[str, type[DomainError] | None]:
    """List what may be done to a film, with what its state says against it."""
    settling = None if is_workshop_film else NotAWorkshopFilm
    return {
        "film.change": None,
        "film.record_visa": None,
        "film.remove_visa": None,
        "film.merge": WorkshopFilmsStayApart if is_workshop_film else None,
        "film.settle_conflict": None,
        "film.count_consents": settling,
        "film.clear": settling,
        "film.restrict": settling,
    }

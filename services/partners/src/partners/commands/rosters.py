"""What importers do with lists of organisations, in the house's own name: register who is not known, complete who is.

An import completes and never overrules: an organisation that is known keeps its name and its place.  Only what a list
is the source of, a cinema's screens and seats, follows the list from its day on.  The same list twice changes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from common.contracts.partners import (
    AreaLevel,
    AreaRef,
    Cinema,
    Coordinates,
    LegalForm,
    MunicipalityRef,
    OrganisationKind,
)
from common.database import Transaction
from common.errors import DomainError
from partners.commands.imports import Fate, Outcome, refused
from partners.domain import municipality
from partners.domain.cinemas import far_off
from partners.domain.municipality import Known, MunicipalityRefused
from partners.domain.naming import findable, line
from partners.domain.organisation import Description, Organisation
from partners.domain.rosters import Line, Remark
from partners.domain.territory import VintageNotKnown
from partners.store import organisations, places


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What one vintage knows, to look the codes of a list up in."""

    vintage: int
    region_of: Mapping[str, str]
    intermunicipalities: frozenset[str]

    def area(self, named: tuple[AreaLevel, str] | None) -> AreaRef | None:
        if named is None or named[1] not in self._codes(named[0]):
            return None
        return AreaRef(level=named[0], code=named[1], vintage=self.vintage)

    def _codes(self, level: AreaLevel) -> Collection[str]:
        if level is AreaLevel.INTERMUNICIPALITY:
            return self.intermunicipalities
        return self.region_of.values() if level is AreaLevel.REGION else self.region_of.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a list is read: what its codes mean, of when it is, where municipalities lie, whether it is only tried."""

    known: Gazetteer
    since: date | None = None
    centres: Mapping[str, Coordinates]
    dry_run: bool = False

    @property
    def day(self) -> date:
        return self.since or date(self.known.vintage, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    """What a few lines are compared with: who carries their numbers, their municipalities, and the names there."""

    carried: dict[str, Organisation]
    by_siren: Mapping[str, Known]
    by_code: Mapping[str, Known]
    names: frozenset[tuple[str, str]]


async def gazetteer(tx: Transaction, vintage: int | None = None) -> Gazetteer:
    """Read a vintage; without one the latest."""
    found = await places.nearest_vintage(tx, vintage or date.max.year)
    if found is None or vintage not in (None, found):
        raise VintageNotKnown
    return Gazetteer(
        vintage=found,
        region_of=await places.regions_of(tx, found),
        intermunicipalities=await places.intermunicipality_codes(tx, found),
    )


async def take_organisations(
    tx: Transaction,
    listing: Listing,
    lines: Sequence[tuple[int, Line]],
    met: set[str],
    *,
    new_id: Callable[[], UUID],
    at: datetime,
) -> list[Outcome]:
    """Take a few lines of a list; `met` holds what the earlier ones were about."""
    directory = await _directory(tx, listing, [one for _, one in lines])
    outcomes = list[Outcome]()
    for number, one in lines:
        try:
            fate, remarks = await _take(tx, listing, directory, one, new=one.code not in met, new_id=new_id, at=at)
        except DomainError as error:
            outcomes.append(refused(number, one.code, error))
        else:
            outcomes.append(Outcome(line=number, code=one.code, fate=fate, reason="; ".join(remarks)))
            met.add(one.code)
    return outcomes


async def _directory(tx: Transaction, listing: Listing, lines: Sequence[Line]) -> _Directory:
    vintage, named = listing.known.vintage, [one.municipality.upper() for one in lines if one.municipality]
    carried = await organisations.lock_identified(tx, [one.code for one in lines])
    return _Directory(
        carried={number: one for one in carried for number in _numbers(one.described)},
        by_siren=await places.municipalities_by_siren(tx, vintage, [one.numbers.siren or "" for one in lines]),
        by_code=await places.known_places(tx, vintage, named),
        names=await organisations.names_in(tx, named),
    )


async def _take(
    tx: Transaction,
    listing: Listing,
    directory: _Directory,
    one: Line,
    *,
    new: bool,
    new_id: Callable[[], UUID],
    at: datetime,
) -> tuple[Fate, Sequence[Remark]]:
    if not new:
        return Fate.REPEATED, one.remarks
    place = _place(one, listing, directory)
    if one.code in directory.carried:
        return await _complete(tx, listing, directory.carried[one.code], one, place, at=at)
    description, remarks = _described(one, listing, directory, place)
    organisation, fact = Organisation.register(
        id=new_id(), description=description, valid_from=one.since or listing.day, at=at
    )
    if not listing.dry_run:
        await organisations.create_organisation(tx, organisation, fact, None)
    return Fate.REGISTERED, remarks


async def _complete(
    tx: Transaction, listing: Listing, before: Organisation, one: Line, place: Known | None, *, at: datetime
) -> tuple[Fate, Sequence[Remark]]:
    """Leave what is known as it is, but for what a cinema offers."""
    described = before.described
    cinema, remarks = _cinema(one, listing, place, described.cinema)
    told = (*one.remarks, *_differences(described, one, place), *remarks)
    if cinema == described.cinema:
        return Fate.UNCHANGED, told
    changed, fact = before.change(replace(described, cinema=cinema), valid_from=listing.day, at=at)
    if not listing.dry_run:
        await organisations.save_organisation(tx, changed, fact, None)
    return Fate.CHANGED, told


def _place(one: Line, listing: Listing, directory: _Directory) -> Known | None:
    """Look up the municipality that a line names; one that may not be used as a place has the line refused (R30)."""
    if one.municipality is None:
        return None
    vintage, known = listing.known.vintage, directory.by_code
    if mistakes := list(municipality.mistakes([one.municipality], vintage, known, pointer="/code_insee")):
        raise MunicipalityRefused(errors=mistakes)
    return known[one.municipality.upper()]


def _differences(described: Description, one: Line, place: Known | None) -> tuple[Remark, ...]:
    renamed = described.name != line(one.name)
    moved = place and described.municipality and described.municipality.code != place.entry.code
    return ((Remark.NAME_DIFFERS,) if renamed else ()) + ((Remark.PLACE_DIFFERS,) if moved else ())


def _described(
    one: Line, listing: Listing, directory: _Directory, place: Known | None
) -> tuple[Description, tuple[Remark, ...]]:
    """Look a line's codes up; an employer that carries a municipality's SIREN is that municipality."""
    known, remarks = listing.known, list(one.remarks)
    commune = directory.by_siren.get(one.numbers.siren or "")
    seat = place or commune
    department = seat.department if seat else one.department
    if department is not None and department not in known.region_of:
        department = None
        remarks.append(Remark.UNKNOWN_DEPARTMENT)
    area = known.area(one.area) if one.area else _own_area(known, commune)
    if one.area is not None and area is None:
        remarks.append(Remark.UNKNOWN_AREA)
    if place and (findable(one.name), place.entry.code) in directory.names:
        remarks.append(Remark.SAME_NAME)
    cinema, told = _cinema(one, listing, place, None)
    description = Description(
        name=one.name,
        kind=OrganisationKind.COMMUNE if commune and one.area is None else one.kind,
        legal_form=LegalForm.LOCAL_AUTHORITY if commune else one.legal_form,
        identifiers=one.numbers,
        municipality=MunicipalityRef(code=seat.entry.code, vintage=known.vintage) if seat else None,
        department=department,
        area=area,
        cinema=cinema,
    )
    return description, (*remarks, *told)


def _cinema(
    one: Line, listing: Listing, place: Known | None, before: Cinema | None
) -> tuple[Cinema | None, tuple[Remark, ...]]:
    """Take what a cinema offers, and its coordinates if its municipality's centre confirms them."""
    if one.cinema is None or place is None:
        return before, ()
    remark = _doubt(one.cinema.coordinates, listing.centres.get(municipality.place(place).counts_under))
    confirmed = one.cinema.coordinates if remark is None else None
    kept = confirmed or (before.coordinates if before else None)
    return replace(one.cinema, coordinates=kept), (remark,) if remark else ()


def _doubt(point: Coordinates | None, centre: Coordinates | None) -> Remark | None:
    if point is None:
        return None
    if centre is None:
        return Remark.NO_CENTRE
    return Remark.FAR_OFF if far_off(point, centre) else None


def _own_area(known: Gazetteer, commune: Known | None) -> AreaRef | None:
    if commune is None:
        return None
    return AreaRef(level=AreaLevel.MUNICIPALITY, code=commune.entry.code, vintage=known.vintage)


def _numbers(described: Description) -> tuple[str, ...]:
    """List what an organisation may be listed by: a SIREN only of one without SIRET."""
    known = described.identifiers
    return tuple(filter(None, (known.cnc_establishment, known.siret or known.siren)))

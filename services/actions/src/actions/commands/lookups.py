"""What a verb looks up before it decides: communes of the campaign's year, partners, films."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from uuid import UUID

from actions.commands import lent
from actions.commands.wishes import ActionWish, FileWish, PlaceWish
from actions.domain import coordinates, place
from actions.domain.action import Action, ActionPlan
from actions.domain.campaign import Campaign
from actions.domain.circumstances import Circumstances, Films
from actions.domain.days import local_day
from actions.domain.known import Municipality, Organisation
from actions.domain.paid import PaidScreening
from actions.domain.project import Project, ProjectFile
from actions.domain.school import zones_of
from actions.store import actions, campaigns, catalogue, known, schoolcalendar, sessions
from actions.store.sessions import PaidYear
from common.contracts.actions import Place, Regime
from common.database import Transaction


async def municipality(tx: Transaction, code: str, vintage: int, *, pointer: str) -> Municipality:
    """Find a commune of that year, or refuse the code."""
    return place.current(await known.municipality(tx, code, vintage), code, vintage, pointer=pointer)


async def file(tx: Transaction, wish: FileWish, vintage: int) -> ProjectFile:
    """Look up the main commune and every partner of a file."""
    main = await municipality(tx, wish.main_municipality, vintage, pointer="/main_municipality")
    await known.organisations(tx, frozenset(partner.organisation_id for partner in wish.partners))
    return ProjectFile(
        title=wish.title,
        summary=wish.summary,
        main=place.locality(main),
        partners=wish.partners,
        lines=wish.lines,
        forecast=wish.forecast,
    )


async def funders(tx: Transaction, wish: FileWish) -> dict[UUID, Organisation]:
    return await known.organisations(tx, frozenset(line.funder_id for line in wish.lines))


async def organiser(tx: Transaction, wish: ActionWish, project: Project) -> Organisation:
    return await known.organisation(tx, wish.organiser_id or project.holder_id)


async def action_plan(
    tx: Transaction, wish: ActionWish, vintage: int, *, new_id: Callable[[], UUID], pointer: str
) -> ActionPlan:
    """Look up the places of an action."""
    places = await _places(tx, wish.places, vintage, new_id=new_id, pointer=f"{pointer}/places")
    return replace(wish.plan, places=places)


async def circumstances(
    tx: Transaction,
    action: Action,
    days: Iterable[date] = (),
    also: Iterable[UUID] = (),
    *,
    copies: Iterable[UUID] = (),
    booking: bool = False,
    asked_at: datetime | None = None,
    hold: bool = False,
) -> Circumstances:
    """Look up what a screening is judged by on these days: its campaign, its films, its organiser, other sessions.

    `booking`: these days are to be added to the organiser's paid screenings, which with `hold` stay as they are until
    the transaction ends (R07); so are the bookings of its copies and of these, which are asked for at this instant.
    """
    days = sorted(set(days))
    chosen, bookings = await lent.copies(tx, action, copies, days, hold=hold)
    organiser = await known.organisation(tx, action.organiser_id)
    shown = await films(tx, action, also)
    withdrawn, ceilings = await catalogue.offers_stood_on(tx, _offers([action]))
    return Circumstances(
        campaign=await campaigns.campaign(tx, action.campaign_id),
        films=shown,
        made_in_prison=await _made_in_prison(tx, shown),
        organiser=organiser,
        paid_elsewhere=await _paid_elsewhere(tx, action, days, booking=booking, hold=hold),
        booking=booking,
        elsewhere=await sessions.elsewhere(tx, {action.holder_id}, days),
        withdrawn_offers=withdrawn,
        ceilings=ceilings,
        copies=chosen,
        bookings=bookings,
        asked_on=None if asked_at is None else local_day(asked_at, action.zone),
        school=await schoolcalendar.calendar(tx, zones_of(action.places), days),
    )


async def of_campaign(tx: Transaction, campaign: Campaign, found: Sequence[Action]) -> dict[UUID, Circumstances]:
    """Look up once what the sessions of many actions are judged by; who has not heard of an organiser cannot judge.

    What one is judged by all have: each looks at what is its own.  However many they are, as many statements.
    """
    held = [(action, sorted({session.held_on for session in action.live_sessions})) for action in found]
    days = {day for _, some in held for day in some}
    organisers = await known.heard_organisations(tx, {action.organiser_id for action in found})
    paid = await sessions.paid_elsewhere(tx, [year for action, some in held for year in _paid_years(action, some)])
    copies = await lent.known(tx, found)
    bookings = await lent.bookings(tx, held, copies)
    shown = await catalogue.films(tx, _named_by(found))
    withdrawn, ceilings = await catalogue.offers_stood_on(tx, _offers(found))
    common = partial(
        Circumstances,
        campaign=campaign,
        films=shown,
        made_in_prison=await _made_in_prison(tx, shown),
        elsewhere=await sessions.elsewhere(tx, {action.holder_id for action in found}, days),
        withdrawn_offers=withdrawn,
        ceilings=ceilings,
        copies=copies,
        school=await schoolcalendar.calendar(tx, zones_of(place for action in found for place in action.places), days),
    )
    return {
        action.id: common(
            organiser=organisers[action.organiser_id],
            paid_elsewhere=paid.get(action.id, ()),
            bookings=bookings.get(action.id, {}),
        )
        for action in found
        if action.organiser_id in organisers
    }


async def of_obligations(tx: Transaction, found: Sequence[Action]) -> dict[UUID, Circumstances]:
    """Look up once what many actions' obligations follow from; who has not heard of an organiser cannot tell.

    Nothing is booked by asking, so that other sessions play no part.
    """
    organisers = await known.heard_organisations(tx, {action.organiser_id for action in found})
    calls = await campaigns.campaigns(tx, {action.campaign_id for action in found})
    shared = partial(
        Circumstances, films=await catalogue.films(tx, _named_by(found)), copies=await lent.known(tx, found)
    )
    return {
        action.id: shared(campaign=calls[action.campaign_id], organiser=organisers[action.organiser_id])
        for action in found
        if action.campaign_id in calls and action.organiser_id in organisers
    }


def _offers(found: Iterable[Action]) -> set[UUID]:
    return {one.offer_id for action in found for one in action.clearances if one.offer_id is not None}


async def films(tx: Transaction, action: Action, also: Iterable[UUID] = ()) -> Films:
    """Find the films of an action's sessions and authorisation, and these, as far as they have been heard of."""
    return await catalogue.films(tx, {*_named_by([action]), *also})


def _named_by(found: Iterable[Action]) -> set[UUID]:
    """Name the films of these actions' sessions and authorisations."""
    found = list(found)
    asked = (action.authorisation for action in found)
    return {*shown_in(found), *(film_id for one in asked for film_id in (*one.film_ids, *one.asked_film_ids))}


def shown_in(found: Iterable[Action]) -> set[UUID]:
    """Name the films of these actions' sessions."""
    return {item.film_id for action in found for session in action.sessions for item in session.programme}


async def _made_in_prison(tx: Transaction, shown: Films) -> frozenset[UUID]:
    """Name the films whose workshop was an action of ours, held in a prison (R40)."""
    made = {film.id: film.workshop.action_id for film in shown.values() if film.workshop is not None}
    prisons = await actions.held_in_prison(tx, {action_id for action_id in made.values() if action_id is not None})
    return frozenset(film_id for film_id, action_id in made.items() if action_id in prisons)


async def _paid_elsewhere(
    tx: Transaction, action: Action, days: Sequence[date], *, booking: bool, hold: bool
) -> tuple[PaidScreening, ...]:
    """List the organiser's paid screenings in other actions of these years, where the action may have any.

    Who books is told where there is room again: the year after is looked at too, and not held.
    """
    years = _paid_years(action, days)
    if not years:
        return ()
    if hold:
        await sessions.hold_paid_years(tx, action.organiser_id, [one.year for one in years])
    after = [date(one.year + 1, 1, 1) for one in years] if booking else []
    return (await sessions.paid_elsewhere(tx, _paid_years(action, [*days, *after]))).get(action.id, ())


def _paid_years(action: Action, days: Iterable[date]) -> Sequence[PaidYear]:
    """Name the years of these days in which an action's screenings count among its organiser's paid ones, in order."""
    if action.regime is not Regime.NC_ASSOCIATION_PAID:
        return ()
    years = sorted({day.year for day in days})
    return [PaidYear(action_id=action.id, organiser_id=action.organiser_id, year=year) for year in years]


async def _places(
    tx: Transaction, wishes: Iterable[PlaceWish], vintage: int, *, new_id: Callable[[], UUID], pointer: str
) -> tuple[Place, ...]:
    found = []
    for n, wish in enumerate(wishes):
        commune = await municipality(tx, wish.municipality, vintage, pointer=f"{pointer}/{n}/municipality")
        if wish.coordinates is not None:
            coordinates.require_near(wish.coordinates, commune.department, pointer=f"{pointer}/{n}/coordinates")
        found.append(
            place.place(
                commune,
                place_id=new_id(),
                label=wish.label,
                district=wish.priority_district,
                inside=wish.located_in_district,
                coordinates=wish.coordinates,
            )
        )
    return tuple(found)

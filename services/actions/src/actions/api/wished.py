"""What bodies ask for, in the words of the commands."""

from actions.api.bodies import ActionBody, FileBody, PlaceBody
from actions.commands.wishes import ActionWish, FileWish, PlaceWish


def file_wish(body: FileBody) -> FileWish:
    return FileWish(
        title=body.title,
        summary=body.summary,
        main_municipality=body.main_municipality,
        partners=tuple(partner.partner() for partner in body.partners),
        lines=tuple(line.wish() for line in body.lines),
        forecast=body.forecast.budget(),
    )


def action_wish(body: ActionBody) -> ActionWish:
    return ActionWish(
        action_type=body.action_type,
        title=body.title,
        description=body.description,
        setting=body.setting,
        closed_circuit=body.closed_circuit,
        site_authority_id=body.site_authority_id,
        regime=body.regime,
        organiser_id=body.organiser_id,
        price_cents=body.price.cents(),
        out_of_school=body.out_of_school,
        intergenerational=body.intergenerational,
        access_note=body.access_note,
        period=body.period.period(),
        places=tuple(_place_wish(place) for place in body.places),
    )


def _place_wish(body: PlaceBody) -> PlaceWish:
    return PlaceWish(
        label=body.label,
        municipality=body.municipality,
        priority_district=body.priority_district,
        located_in_district=body.located_in_district,
    )

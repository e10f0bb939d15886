"""What bodies are made of: days, money, texts of a reasonable length, budgets and places."""

import re
from datetime import time
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from actions.commands.wishes import ActionWish, FileWish, PlaceWish
from actions.domain.action import ActionPlan
from actions.domain.budget import Budget, Entry
from actions.domain.coordinates import rounded
from actions.domain.funding import LineWish
from common.contracts.actions import (
    ActionType,
    ClosedCircuit,
    LineKind,
    Partner,
    PartnerFunction,
    Period,
    Regime,
    Setting,
)
from common.contracts.partners import Coordinates
from common.fields import Day, written_amount
from common.http import Model

LISTED_MAX = 100
"""Charges, partners, places, sessions… of one thing."""

_HOUR = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def _hour(written: object) -> object:
    """Take an hour as a clock on the wall shows it: without an offset, and no number of seconds."""
    if isinstance(written, str) and _HOUR.fullmatch(written):
        return written
    raise PydanticCustomError("time_type", "Must be an hour (HH:MM).")


Hour = Annotated[
    time,
    BeforeValidator(_hour),
    WithJsonSchema({"type": "string", "pattern": f"^{_HOUR.pattern}$"}),
    Field(description="At the place's own clock, such as 22:15."),
]
Euros = Annotated[Decimal, *written_amount(9)]
"""Of budgets and grants, which go further than the price of one screening does in `catalogue`."""

Title = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(max_length=5000)]
Reference = Annotated[str, Field(max_length=200)]
"""Of a letter, a decision, a receipt: what is written on the paper, which may have none."""

Line = Annotated[str, Field(min_length=1, max_length=500)]
Code = Annotated[
    str,
    Field(pattern=r"^([0-9]{5}|2[ABab][0-9]{3})$", description="A commune's code, as text."),
    AfterValidator(str.upper),
]
District = Annotated[str, Field(pattern=r"^(QN([0-9]{3}|02[AB])[0-9]{2}[A-Z]|QP([0-9]{3}|02[AB])[0-9]{3})$")]
Few = Field(max_length=LISTED_MAX)
Some = Field(min_length=1, max_length=LISTED_MAX)


class Amount(Model):
    """Money, with at most two decimals, written as text."""

    amount: Euros
    currency: Literal["EUR"] = "EUR"

    def cents(self) -> int:
        return int(self.amount.scaleb(2))


class Price(Amount):
    """What one person pays: its cents are kept in an `integer`."""

    amount: Annotated[Decimal, *written_amount(7)]


NOTHING = Amount.model_validate({"amount": "0"})
FREE = Price.model_validate({"amount": "0"})


class EntryBody(Model):
    """One charge or one resource."""

    label: Line
    amount: Amount

    def entry(self) -> Entry:
        return Entry(label=self.label, cents=self.amount.cents())


class BudgetBody(Model):
    """Charges and resources, cash and in kind apart; what the funding lines bring is counted from the lines."""

    charges: Annotated[tuple[EntryBody, ...], Few] = ()
    resources: Annotated[tuple[EntryBody, ...], Few] = ()
    in_kind_charges: Annotated[tuple[EntryBody, ...], Few] = ()
    in_kind_resources: Annotated[tuple[EntryBody, ...], Few] = ()

    def budget(self) -> Budget:
        return Budget(
            charges=tuple(entry.entry() for entry in self.charges),
            resources=tuple(entry.entry() for entry in self.resources),
            in_kind_charges=tuple(entry.entry() for entry in self.in_kind_charges),
            in_kind_resources=tuple(entry.entry() for entry in self.in_kind_resources),
        )


class LineBody(Model):
    """What is to be asked of one funder."""

    funder_id: UUID
    kind: LineKind
    asked: Amount

    def wish(self) -> LineWish:
        return LineWish(funder_id=self.funder_id, kind=self.kind, asked_cents=self.asked.cents())


class PartnerBody(Model):
    """An organisation of the project, and what it does there."""

    organisation_id: UUID
    function: PartnerFunction

    def partner(self) -> Partner:
        return Partner(organisation_id=self.organisation_id, function=self.function)


class PeriodBody(Model):
    """The days between which an action is meant to happen, both included."""

    first_on: Day
    last_on: Day

    def period(self) -> Period:
        return Period(first_on=self.first_on, last_on=self.last_on)


class CoordinatesBody(Model):
    """A spot on the map (WGS 84), in decimal degrees: rounded to six decimals, some ten centimetres."""

    longitude: Annotated[float, Field(strict=True, ge=-180, le=180)]
    latitude: Annotated[float, Field(strict=True, ge=-90, le=90)]

    def position(self) -> Coordinates:
        return rounded(self.longitude, self.latitude)


class PlaceBody(Model):
    """A place, in a commune of the campaign's year; described as before, it stays the place it was."""

    label: Line
    municipality: Code
    priority_district: District | None = None
    located_in_district: bool = Field(default=False, description="The spot itself lies in the district.")
    coordinates: CoordinatesBody | None = Field(
        None, description="Where a map shows it; absent: only the commune is known."
    )

    def wish(self) -> PlaceWish:
        return PlaceWish(
            label=self.label,
            municipality=self.municipality,
            priority_district=self.priority_district,
            located_in_district=self.located_in_district,
            coordinates=None if self.coordinates is None else self.coordinates.position(),
        )


class ActionBody(Model):
    """An action as its holder plans it."""

    action_type: ActionType
    title: Title
    description: Text = ""
    setting: Setting
    closed_circuit: ClosedCircuit | None = None
    site_authority_id: UUID | None = None
    regime: Regime | None = Field(None, description="Absent: follows from type, setting, organiser and price.")
    organiser_id: UUID | None = Field(None, description="Absent: the holder.")
    price: Price = FREE
    out_of_school: bool = True
    intergenerational: bool = False
    access_note: Text = ""
    promotes_a_sale: bool = Field(default=False, description="A sponsor promotes a product or a service (R50).")
    commercial_poster: bool = Field(default=False, description="The distributor's own poster announces it (R51).")
    period: PeriodBody
    places: Annotated[tuple[PlaceBody, ...], Some]

    def wish(self) -> ActionWish:
        plan = ActionPlan(
            action_type=self.action_type,
            title=self.title,
            description=self.description,
            setting=self.setting,
            closed_circuit=self.closed_circuit,
            site_authority_id=self.site_authority_id,
            regime=self.regime,
            price_cents=self.price.cents(),
            out_of_school=self.out_of_school,
            intergenerational=self.intergenerational,
            access_note=self.access_note,
            promotes_a_sale=self.promotes_a_sale,
            commercial_poster=self.commercial_poster,
            period=self.period.period(),
            places=(),
        )
        return ActionWish(plan=plan, organiser_id=self.organiser_id, places=tuple(one.wish() for one in self.places))


class FileBody(Model):
    """What a holder writes in its file."""

    title: Title
    summary: Text = ""
    main_municipality: Code
    partners: Annotated[tuple[PartnerBody, ...], Few] = ()
    lines: Annotated[tuple[LineBody, ...], Few] = ()
    forecast: BudgetBody = BudgetBody()

    def wish(self) -> FileWish:
        return FileWish(
            title=self.title,
            summary=self.summary,
            main_municipality=self.main_municipality,
            partners=tuple(partner.partner() for partner in self.partners),
            lines=tuple(line.wish() for line in self.lines),
            forecast=self.forecast.budget(),
        )

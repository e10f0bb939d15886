"""The indicators: what each one says, by which dated definition, and along which axes it may be cut.  Data.

A definition is chosen by the day of asking; figures that are published keep the one they were made by.  A definition
that changes is a new entry with the next version: an entry is never edited once its day has come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from reporting.domain.quantities import Quantity


class Indicator(StrEnum):
    ACTIONS = "I01"
    PARTICIPANTS = "I03"
    SPECTATORS = "I05"
    AGE = "I09"
    GENDER = "I10"
    METHOD = "I11"
    DISTRICTS = "I12"
    RURAL = "I13"
    FUNDING = "I17"
    PASSEURS_SHARE = "I18"
    CO_FUNDING_RATE = "I19"
    IN_KIND = "I20"
    COST = "I21"


class Axis(StrEnum):
    """Along what figures are cut and filtered; not every indicator has every axis."""

    CAMPAIGN = "campaign"
    CAMPAIGN_YEAR = "campaign_year"
    COORDINATION = "coordination"
    YEAR = "year"
    MONTH = "month"
    REGION = "region"
    DEPARTMENT = "department"
    TYPE = "type"
    FUNDER = "funder"
    AUDIENCE = "audience"
    AGE_BAND = "age_band"
    GENDER = "gender"
    IN_DISTRICT = "in_district"
    METHOD = "method"
    DENSITY = "density"


OF_COUNTS: Final = frozenset(
    {
        Axis.CAMPAIGN,
        Axis.CAMPAIGN_YEAR,
        Axis.COORDINATION,
        Axis.YEAR,
        Axis.MONTH,
        Axis.REGION,
        Axis.DEPARTMENT,
        Axis.TYPE,
    }
)
OF_MONEY: Final = frozenset({Axis.CAMPAIGN, Axis.CAMPAIGN_YEAR, Axis.REGION, Axis.DEPARTMENT})
"""Money stands in its campaign and at the main commune of its project; it has no other place and no month."""

OF_PUBLISHED_BREAKDOWNS: Final = frozenset({Axis.CAMPAIGN, Axis.CAMPAIGN_YEAR, Axis.REGION})
"""One way of cutting, shown to everybody: a second way through the same small numbers would give them away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What an indicator means from a day on.  `own` are axes that only this indicator has: its parts name them."""

    indicator: Indicator
    version: int
    valid_from: date
    title: str
    titre: str
    formula: str
    formule: str
    quantities: tuple[Quantity, ...]
    axes: frozenset[Axis]
    own: frozenset[Axis] = frozenset()


FIRST_DAY: Final = date(2024, 1, 1)

DEFINITIONS: Final = (
    Definition(
        indicator=Indicator.ACTIONS,
        version=1,
        valid_from=FIRST_DAY,
        title="Actions held",
        titre="Actions réalisées",
        formula="Number of actions held, in the month of their last held session, at their first place.",
        formule="Nombre d’actions réalisées, au mois de leur dernière séance tenue, à leur premier lieu.",
        quantities=(Quantity.ACTIONS_HELD,),
        axes=OF_COUNTS,
    ),
    Definition(
        indicator=Indicator.PARTICIPANTS,
        version=1,
        valid_from=FIRST_DAY,
        title="Workshop participants",
        titre="Participants aux ateliers",
        formula="Distinct persons of each held workshop, in the month of its last held session. Training is left out.",
        formule="Personnes distinctes de chaque atelier réalisé, au mois de sa dernière séance. Hors formations.",
        quantities=(Quantity.PARTICIPANTS,),
        axes=OF_COUNTS,
    ),
    Definition(
        indicator=Indicator.SPECTATORS,
        version=1,
        valid_from=FIRST_DAY,
        title="Spectators",
        titre="Spectateurs",
        formula="Sum over the held sessions of held screenings, each on its own day and at its own place.",
        formule="Somme sur les séances tenues des projections réalisées, chacune à son jour et à son lieu.",
        quantities=(Quantity.SPECTATORS,),
        axes=OF_COUNTS,
    ),
    Definition(
        indicator=Indicator.AGE,
        version=1,
        valid_from=FIRST_DAY,
        title="Age bands",
        titre="Tranches d’âge",
        formula=(
            "Persons by age band in validated reports; share of the 12 to 25 year-old among all, the unknown included."
        ),
        formule=(
            "Personnes par tranche d’âge des bilans validés ; part des 12 à 25 ans dans le total, inconnus compris."
        ),
        quantities=(Quantity.AGE_BAND, Quantity.METHOD),
        axes=OF_COUNTS,
        own=frozenset({Axis.AUDIENCE, Axis.AGE_BAND, Axis.METHOD}),
    ),
    Definition(
        indicator=Indicator.GENDER,
        version=1,
        valid_from=FIRST_DAY,
        title="Gender",
        titre="Genre",
        formula="Persons by gender in validated reports: women, men, other or undeclared, unknown.",
        formule="Personnes par genre des bilans validés : femmes, hommes, autre ou non déclaré, inconnu.",
        quantities=(Quantity.GENDER, Quantity.METHOD),
        axes=OF_COUNTS,
        own=frozenset({Axis.AUDIENCE, Axis.GENDER, Axis.METHOD}),
    ),
    Definition(
        indicator=Indicator.METHOD,
        version=1,
        valid_from=FIRST_DAY,
        title="How breakdowns are known",
        titre="Mode de connaissance des ventilations",
        formula="Persons in validated reports, by breakdown and by how it is known: counted, registered, estimated.",
        formule="Personnes des ventilations des bilans validés, par ventilation et par mode : compté, inscrit, estimé.",
        quantities=(Quantity.METHOD,),
        axes=OF_COUNTS,
        own=frozenset({Axis.AUDIENCE, Axis.METHOD}),
    ),
    Definition(
        indicator=Indicator.DISTRICTS,
        version=1,
        valid_from=FIRST_DAY,
        title="Priority districts",
        titre="Quartiers prioritaires",
        formula=(
            "Held actions whose first place lies in a priority district, and their share; "
            "persons declared as living in one, by validated reports, and their share."
        ),
        formule=(
            "Actions réalisées dont le premier lieu est en quartier prioritaire, et leur part ; "
            "personnes déclarées y habiter dans les bilans validés, et leur part."
        ),
        quantities=(Quantity.ACTIONS_IN_DISTRICT, Quantity.ACTIONS_HELD, Quantity.IN_DISTRICT, Quantity.METHOD),
        axes=OF_COUNTS,
        own=frozenset({Axis.AUDIENCE, Axis.IN_DISTRICT, Axis.METHOD}),
    ),
    Definition(
        indicator=Indicator.RURAL,
        version=1,
        valid_from=FIRST_DAY,
        title="Rural territories",
        titre="Territoires ruraux",
        formula=(
            "Held actions by the density level (Insee, 1 to 7) of their first place's commune; rural is 5 to 7, "
            "the share is among known levels. FRR and FRR+ are empty until their lists are imported."
        ),
        formule=(
            "Actions réalisées par niveau de densité (Insee, 1 à 7) de la commune de leur premier lieu ; "
            "rural de 5 à 7, part parmi les niveaux connus. FRR et FRR+ restent vides jusqu’à l’import de leurs listes."
        ),
        quantities=(Quantity.ACTIONS_BY_DENSITY,),
        axes=OF_COUNTS,
        own=frozenset({Axis.DENSITY}),
    ),
    Definition(
        indicator=Indicator.FUNDING,
        version=1,
        valid_from=FIRST_DAY,
        title="Funding asked, granted, paid",
        titre="Financements demandés, accordés, versés",
        formula=(
            "Asked from submission unless withdrawn, granted from the decision, paid from the payment, "
            "net of clawbacks."
        ),
        formule=(
            "Demandé dès le dépôt sauf retrait, accordé dès la décision, versé dès le paiement, net des reversements."
        ),
        quantities=(Quantity.ASKED, Quantity.GRANTED, Quantity.PAID),
        axes=OF_MONEY,
        own=frozenset({Axis.FUNDER}),
    ),
    Definition(
        indicator=Indicator.PASSEURS_SHARE,
        version=1,
        valid_from=FIRST_DAY,
        title="Share of Passeurs d’images credits",
        titre="Part des crédits Passeurs d’images",
        formula="Passeurs d’images credits ÷ cash total of funded projects, in kind left out; empty if the total is 0.",
        formule=(
            "Crédits Passeurs d’images ÷ total numéraire des projets financés, hors valorisations ; vide s’il est nul."
        ),
        quantities=(Quantity.PASSEURS, Quantity.CASH),
        axes=OF_MONEY,
    ),
    Definition(
        indicator=Indicator.CO_FUNDING_RATE,
        version=1,
        valid_from=FIRST_DAY,
        title="Co-funding rate",
        titre="Taux de cofinancement",
        formula="What is not Passeurs d’images credits ÷ cash total of funded projects; empty if the total is 0 (R48).",
        formule="Hors crédits Passeurs d’images ÷ total numéraire des projets financés ; vide si total nul (R48).",
        quantities=(Quantity.PASSEURS, Quantity.CASH),
        axes=OF_MONEY,
    ),
    Definition(
        indicator=Indicator.IN_KIND,
        version=1,
        valid_from=FIRST_DAY,
        title="Contributions in kind",
        titre="Contributions en nature",
        formula="Valued contributions in kind of funded projects, apart from any cash.",
        formule="Contributions en nature valorisées des projets financés, à part du numéraire.",
        quantities=(Quantity.IN_KIND,),
        axes=OF_MONEY,
    ),
    Definition(
        indicator=Indicator.COST,
        version=1,
        valid_from=FIRST_DAY,
        title="Cost per participation",
        titre="Coût par participation",
        formula="Cash total of funded projects ÷ (participants + spectators); empty if nobody has come yet.",
        formule="Total numéraire des projets financés ÷ (participants + spectateurs) ; vide si personne n’est venu.",
        quantities=(Quantity.CASH, Quantity.PARTICIPATIONS),
        axes=OF_MONEY,
    ),
)


def in_force(on: date, definitions: tuple[Definition, ...] = DEFINITIONS) -> Mapping[Indicator, Definition]:
    """Choose each indicator's definition of a day; before the first one's day, the first one."""
    chosen: dict[Indicator, Definition] = {}
    for definition in sorted(definitions, key=lambda one: one.valid_from):
        if definition.indicator not in chosen or definition.valid_from <= on:
            chosen[definition.indicator] = definition
    return chosen

"""What a dossier's file holds: who takes part, what is known beforehand, what is done, and what must come of it.

`docs/how-to/write-a-dossier.md` explains each key.  Bodies (of organisations, films, steps) are the API's own and are
checked by the API; everything else is checked here, before anything is played.
"""

from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from common.contracts.access import Role
from demo import numbered
from demo.names import reference
from demo.numbered import Numbered
from demo.verbs import ALONE, VERBS, Verb

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Code = Annotated[str, Field(pattern=r"^[0-9A-Z]{2,9}$")]
Figure = Annotated[str, Field(pattern=r"^I\d\d(\.[a-z0-9_-]+)*$", max_length=120)]
Fact = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
Body = dict[str, Any]

COORDINATION_ROLES = frozenset({Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER})


def _number(written: object) -> object:
    """Read `+3600.00`, `-1` and `214` as numbers; `true` is none."""
    if isinstance(written, bool):
        return "true"  # which is no number, and is told so
    return written.replace("\N{MINUS SIGN}", "-") if isinstance(written, str) else written


Number = Annotated[Decimal, BeforeValidator(_number)]


class Piece(BaseModel):
    """A part of the file: every key is known, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClientPart(Piece):
    """One API client: a role, for an organisation, over codes or for a coordination."""

    role: Role
    organisation: Name
    coordination: Name | None = None
    codes: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _coordinated(self) -> Self:
        if (self.coordination is not None) != (self.role in COORDINATION_ROLES):
            raise ValueError("Clients of a coordination and of its committee name it; no others do.")
        if self.role is Role.OPERATOR:
            raise ValueError("The operator is there already, under the name `operator`.")
        return self


class Appointment(Piece):
    """A coordination, and how its DRAC appoints it."""

    organisation: Name
    appointed_by: Name
    on: AwareDatetime
    region: Code
    departments: tuple[Code, ...]
    valid_from: str
    valid_until: str | None = None


class Territory(Piece):
    """What the published lists of one vintage lack: districts and densities, each with its source and date."""

    vintage: int
    districts: tuple[Body, ...] = ()
    densities: tuple[Body, ...] = ()


class Hears(StrEnum):
    """What must reach a receiver: every fact of the dossier, those that the steps list, or none at all."""

    EVERYTHING = "everything"
    LISTED = "listed"
    NOTHING = "nothing"


class Receiver(Piece):
    """A webhook endpoint of a client, which the demonstration's receiver plays."""

    client: Name
    hears: Hears
    event_types: tuple[str, ...] = ("campaign.*", "project.*", "action.*", "report.*")

    def wants(self, fact: str) -> bool:
        """Tell whether it has subscribed to a kind of fact."""
        return any(fnmatchcase(fact, kind) for kind in self.event_types)


class Refusal(Piece):
    """A step that must be refused: with which status, which code, by which rule."""

    status: int
    code: str
    rule: str | None = None


class Then(Piece):
    """What must come of a step.  What is not listed must not have changed."""

    refused: Refusal | None = None
    states: dict[str, str] = {}
    events: tuple[Fact, ...] = ()
    figures: dict[Figure, Number] = {}
    campaign: dict[Figure, Number | None] = {}
    webhooks: dict[Name, tuple[Fact, ...]] = {}

    @model_validator(mode="after")
    def _nothing_after_a_refusal(self) -> Self:
        if self.refused and (self.states or self.events or self.figures or self.campaign or self.webhooks):
            raise ValueError("What is refused changes nothing: no other expectation goes with `refused`.")
        return self


class Step(Piece):
    """Who does what, when, and what must come of it."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    on: AwareDatetime
    by: Name
    do: str
    campaign: Name | None = None
    project: Name | None = None
    action: Name | None = None
    report: Name | None = None
    line: Name | None = None
    session: Name | None = None
    clearance: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] = None
    film: Name | None = None
    rights_offer: Name | None = None
    organisation: Name | None = None
    coordination: Name | None = None
    as_: Name | None = Field(None, alias="as")
    with_: Body = Field({}, alias="with")
    then: Then = Then()

    @property
    def verb(self) -> Verb:
        return VERBS[self.do]

    def meant(self, key: str) -> str | None:
        """Say which thing is meant by one of the keys of `verbs.KEYS`."""
        said: str | None = getattr(self, key)
        return said or (key if key in ALONE else None)

    def reference(self, key: str) -> str:
        return reference(key, self.meant(key) or "")

    @property
    def made(self) -> str | None:
        """Name what the step makes, if it is to have a name."""
        if self.as_ is None and self.verb.makes not in ALONE:
            return None
        name = self.as_ or self.verb.makes
        return f"{self.verb.makes}.{name}" if self.verb.makes.endswith("s") else reference(self.verb.makes, name)


class Question(Piece):
    """A figure of this campaign that must stand in the end, for the nation's coordination or for everybody."""

    figure: Figure
    where: dict[Name, str] = {}
    public: bool = False
    hidden: bool = False
    value: Number | None = None

    @model_validator(mode="after")
    def _hidden_or_known(self) -> Self:
        if self.hidden and self.value is not None:
            raise ValueError("What is hidden has no value.")
        return self


class Dossier(Piece):
    """A dossier, whole."""

    dossier: Name
    title: str
    source: str = ""
    organisations: dict[Name, Body]
    coordinations: dict[Name, Appointment]
    clients: dict[Name, ClientPart]
    territories: tuple[Territory, ...] = ()
    films: dict[Name, Body] = {}
    rights_offers: dict[Name, Body] = {}
    receivers: dict[Name, Receiver] = {}
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    outcome: tuple[Question, ...] = ()

    def client_of(self, role: Role) -> str:
        """Name the one client that plays a role which the demonstration itself needs."""
        return next(name for name, client in self.clients.items() if client.role is role)


def load(path: Path) -> tuple[Dossier, Numbered]:
    """Read a dossier's file.

    Raises:
        NotReadable: something in it is not understood; every trouble is named with its line.
    """
    file = numbered.read(path)
    _require_known_verbs(file)
    try:
        return Dossier.model_validate(file.content), file
    except ValidationError as error:
        troubles = [f"{file.at(one['loc'])}: {_said(one['loc'], one['msg'])}" for one in error.errors()]
        raise numbered.NotReadable(list(dict.fromkeys(troubles))) from error


def _require_known_verbs(file: Numbered) -> None:
    """Name verbs that do not exist before anything else: they are what a new dossier gets wrong first."""
    steps = file.content.get("steps") if isinstance(file.content, dict) else None
    said = [(n, step.get("do")) for n, step in enumerate(steps or ()) if isinstance(step, dict)]
    unknown = [(n, verb) for n, verb in said if verb is not None and verb not in VERBS]
    if unknown:
        raise numbered.NotReadable(
            [f"{file.at(('steps', n, 'do'))}: `{verb}` is no verb. {_nearest(str(verb))}" for n, verb in unknown]
        )


def _nearest(verb: str) -> str:
    noun = verb.partition(".")[0]
    there = [name for name in VERBS if name.startswith(f"{noun}.")] or sorted(VERBS)
    return f"There are: {', '.join(there)}."


def _said(where: tuple[str | int, ...], message: str) -> str:
    named = [str(one) for one in where if not isinstance(one, int)]
    key = named[-1].removesuffix("_") if named else "the file"
    if message.startswith("Extra inputs"):
        return f"`{key}` is no key here."
    return f"`{key}`: {message.removeprefix('Value error, ')}"

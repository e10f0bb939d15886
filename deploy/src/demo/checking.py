"""What must hold between the parts of a dossier: each thing that is mentioned is there, and is there in time."""

from collections.abc import Iterator
from pathlib import Path

from common.contracts.access import Role
from demo import names
from demo.dossier import Dossier, Hears, Step, load
from demo.names import AS
from demo.numbered import NotReadable, Numbered, Part
from demo.verbs import KEYS

OPERATOR = "operator"
Trouble = tuple[Part, str]


def checked(path: Path) -> tuple[Dossier, Numbered]:
    """Read a dossier and look whether it can be played.

    Raises:
        NotReadable: it cannot; every trouble is named with its line.
    """
    dossier, file = load(path)
    troubles = [*_cast(dossier), *_receivers(dossier), *_steps(dossier), *_outcome(dossier)]
    if troubles:
        raise NotReadable([f"{file.at(part)}: {said}" for part, said in troubles])
    return dossier, file


def _cast(dossier: Dossier) -> Iterator[Trouble]:
    for role in (Role.NATIONAL_COORDINATION, Role.REGIONAL_COORDINATOR):
        if role not in {client.role for client in dossier.clients.values()}:
            yield ("clients",), f"A dossier needs a client with the role {role}."
    for name, client in dossier.clients.items():
        if client.organisation not in dossier.organisations:
            yield ("clients", name, "organisation"), f"No organisation is called `{client.organisation}`."
        if client.coordination is not None and client.coordination not in dossier.coordinations:
            yield ("clients", name, "coordination"), f"No coordination is called `{client.coordination}`."
        twin = next(one for one, other in dossier.clients.items() if _same(client, other))
        if twin != name:
            yield ("clients", name), f"`{twin}` is the same organisation in the same role."
    for name, coordination in dossier.coordinations.items():
        if coordination.organisation not in dossier.organisations:
            yield ("coordinations", name, "organisation"), f"No organisation is called `{coordination.organisation}`."
        drac = dossier.clients.get(coordination.appointed_by)
        if drac is None or drac.role is not Role.DRAC_ADVISER:
            yield ("coordinations", name, "appointed_by"), "The client that appoints is a drac_adviser."


def _same(client: object, other: object) -> bool:
    return all(getattr(client, key) == getattr(other, key) for key in ("role", "organisation"))


def _receivers(dossier: Dossier) -> Iterator[Trouble]:
    for name, receiver in dossier.receivers.items():
        if receiver.client not in dossier.clients:
            yield ("receivers", name, "client"), f"No client is called `{receiver.client}`."


def _steps(dossier: Dossier) -> Iterator[Trouble]:
    known = set(_beforehand(dossier))
    yield from _mentions(dossier.rights_offers, ("rights_offers",), known)
    titles = set[str]()
    for n, step in enumerate(dossier.steps):
        here: Part = ("steps", n)
        if step.name in titles:
            yield (*here, "name"), f"Another step is called `{step.name}` too."
        if step.by not in dossier.clients and step.by != OPERATOR:
            yield (*here, "by"), f"No client is called `{step.by}`."
        titles.add(step.name)
        yield from _targets(step, here, known)
        yield from _mentions(step.with_, (*here, "with"), known)
        yield from _letters(dossier, step, here)
        known.update(_made(step))
        yield from _stated(step, here, known)


def _beforehand(dossier: Dossier) -> Iterator[str]:
    for kind in ("organisations", "coordinations", "films", "rights_offers"):
        yield from (f"{kind}.{name}" for name in getattr(dossier, kind))


def _targets(step: Step, here: Part, known: set[str]) -> Iterator[Trouble]:
    """Look whether the step says to what it is done, no more and no less."""
    needed = step.verb.needs
    for key in KEYS:
        if key in needed and step.meant(key) is None:
            yield (*here, "do"), f"`{step.do}` needs the key `{key}`."
        elif key in needed and step.reference(key) not in known:
            yield (*here, key), f"Nothing is called `{step.reference(key)}` here."
        elif key not in needed and getattr(step, key) is not None:
            yield (*here, key), f"`{step.do}` takes no `{key}`."
    if step.as_ is not None and not step.verb.makes:
        yield (*here, AS), f"`{step.do}` makes nothing that could be called `{step.as_}`."


def _mentions(body: object, here: Part, known: set[str]) -> Iterator[Trouble]:
    for part, name in names.mentioned(body):
        if name not in known:
            yield (*here, *part), f"Nothing is called `${name}` here."


def _letters(dossier: Dossier, step: Step, here: Part) -> Iterator[Trouble]:
    for name in step.then.webhooks:
        receiver = dossier.receivers.get(name)
        if receiver is None or receiver.hears is not Hears.LISTED:
            yield (*here, "then", "webhooks", name), f"`{name}` is no receiver that hears what is listed."


def _made(step: Step) -> Iterator[str]:
    if step.then.refused is not None:
        return
    if step.made is not None:
        yield step.made
    yield from names.given(step.with_)
    if step.do == "action.plan_session" and step.as_ is not None:
        films = (name for _, name in names.mentioned(step.with_.get(names.SCREENING_PROGRAMME, [])))
        yield from (f"clearances.{step.as_}.{film.partition('.')[2]}" for film in films)


def _stated(step: Step, here: Part, known: set[str]) -> Iterator[Trouble]:
    for name in step.then.states:
        if name not in known:
            yield (*here, "then", "states", name), f"Nothing is called `{name}` here."


def _outcome(dossier: Dossier) -> Iterator[Trouble]:
    known = {*_beforehand(dossier), *(name for step in dossier.steps for name in _made(step))}
    if dossier.outcome and all(step.do != "campaign.draft" for step in dossier.steps):
        yield ("outcome",), "The outcome is asked of the dossier's campaign: a step must draft it."
    for n, question in enumerate(dossier.outcome):
        yield from _mentions(question.where, ("outcome", n, "where"), known)

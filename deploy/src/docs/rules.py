"""The jurist's pages: what the law and the scheme say, by which text, since when, with which numbers, held by what."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from actions.domain.rules import RULES, regional
from actions.domain.rules.delays import DELAYS
from catalogue.domain import law as of_catalogue
from common.contracts.rules import Practice, RegionalChoice, Rule, Value
from common.errors import Input
from partners.domain import law as of_partners
from reporting.domain import law as of_reporting

FOLDER = Path("docs/reference/rules")
TESTS = "tests"
JUDGES: Mapping[str, Sequence[Rule]] = {
    "actions": (*RULES, *DELAYS),
    "catalogue": of_catalogue.RULES,
    "partners": of_partners.RULES,
    "reporting": of_reporting.RULES,
}
"""By which records each service judges; a rule that lives in several of them has a record in each."""

LAST = 54
"""The rules of the scheme are R01 to R54."""

UNRECORDED: Mapping[str, tuple[str, str]] = {
    "R18": (
        "No campaign's rule set says yet that a project needs something to see and something to do.",
        "Aucune règle de campagne ne dit encore qu’un projet demande du « voir » et du « faire ».",
    ),
    "R19": (
        "No campaign's rule set has a least length of a workshop yet: the coordination judges it from the file.",
        "Aucune règle de campagne n’a encore de durée minimale d’atelier : la coordination en juge à l’instruction.",
    ),
    "R38": (
        "Nothing to judge: no body, fact or table has a field for a participant. Free texts are not scanned.",
        "Rien à juger : aucun champ n’est prévu pour un participant. Les textes libres ne sont pas analysés.",
    ),
    "R42": (
        "Vouchers are not kept here, so that none is added to anybody's participants.",
        "Les contremarques ne sont pas tenues ici ; aucune ne s’ajoute donc aux participants.",
    ),
    "R43": ("Vouchers are not kept here.", "Les contremarques ne sont pas tenues ici."),
    "R45": (
        "The day by which a report is due stands in the convention, on paper; no file waits for another's report.",
        "La date du bilan est dans la convention, sur papier ; aucun dossier n’attend le bilan d’un autre.",
    ),
    "R49": (
        "“Des cinés, la vie !” keeps its own enrolments and votes.",
        "« Des cinés, la vie ! » tient ses inscriptions et ses votes.",
    ),
}
"""The rules of the scheme that nothing here judges, and why."""

BEGINS = """# Rules

*Written by `make docs` from the records that the code judges by: `common.contracts.rules` says what one is, and each
service's domain has its own.*

A rule is a dated record; the version in force on the day of the thing judged decides.  A verdict names rule, version,
what went in, why, and the first day on which it would pass, and says the same again when it is asked again with what
went in.  R… are rules, L… the law beside them, T… steps of a procedure, O… the days by which something must be
settled, C… what a copy can do, P… who organises.  What differs by region is in its campaign's own rule set: the last
column names the field.

| rule | says | dit | judged by | regional |
|---|---|---|---|---|
"""
DECIDED = """
## Decided by region

A campaign's rule set has these fields (`GET /v1/campaigns/{campaign_id}`, `rules`); where it says nothing, the default
holds.  What coordinations were found to ask for is on the page of each rule.

| field | says | dit | among | default | rules |
|---|---|---|---|---|---|
"""
BESIDES = """
## Not judged

Of R01 to R54, these have no record:

| rule | why | pourquoi |
|---|---|---|
"""
_NAMED = re.compile(r"^(?:async )?def (test_\w*)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A record, and the service that judges by it."""

    service: str
    rule: Rule


def records() -> Mapping[str, Sequence[Judged]]:
    """List every record by its rule, service by service, the first version first."""
    each = (Judged(service, rule) for service, some in JUDGES.items() for rule in some)
    ordered = sorted(each, key=lambda one: (one.rule.id, one.service, one.rule.valid_from, one.rule.version))
    return {name: list(some) for name, some in groupby(ordered, key=lambda one: one.rule.id)}


def pages(root: Path) -> dict[Path, str]:
    """Write the list, and a page for each rule."""
    known, tests = records(), held_by(root)
    listed = BEGINS + "\n".join(line for some in known.values() for line in _lines(some)) + "\n"
    listed += DECIDED + "\n".join(_decided(one, known) for one in regional.CHOICES) + "\n"
    besides = BESIDES + "\n".join(f"| {name} | {why} | {pourquoi} |" for name, (why, pourquoi) in UNRECORDED.items())
    return {FOLDER / "README.md": f"{listed}{besides}\n"} | {
        FOLDER / f"{name}.md": _page(name, some, tests.get(name, [])) for name, some in known.items()
    }


def held_by(root: Path) -> Mapping[str, Sequence[str]]:
    """Find the tests that are named after rules: `test_r01_r02_…` holds both."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / TESTS).rglob("test_*.py")):
        for name in dict.fromkeys(_NAMED.findall(path.read_text(encoding="utf-8"))):
            for rule in re.findall(r"_([rtoclp]\d\d)(?=_)", name):
                found.setdefault(rule.upper(), []).append(f"`{path.relative_to(root)}` · {name}")
    return found


def _lines(some: Sequence[Judged]) -> Iterator[str]:
    """Tell what the newest version of each service says."""
    for service, versions in groupby(some, key=lambda one: one.service):
        *_, newest = (one.rule for one in versions)
        link = f"[{newest.id}]({newest.id}.md)"
        yield f"| {link} | {newest.text} | {newest.texte} | {service} | {_listed(newest.regional)} |"


def _page(name: str, some: Sequence[Judged], tests: Sequence[str]) -> str:
    told = [f"# {name}", *(part for one in some for part in _told(one))]
    told.append("\n## Held by\n")
    told.append("\n".join(f"- {test}" for test in tests) if tests else "No test is named after it.")
    return "\n".join(told) + "\n"


def _told(judged: Judged) -> Iterator[str]:
    rule = judged.rule
    until = f" to {rule.valid_until}" if rule.valid_until else ""
    corrected = ", corrected: it judges no day any more" if rule.corrected else ""
    yield f"\n## Version {rule.version}, from {rule.valid_from}{until}{corrected}\n"
    yield f"{rule.texte}\n\n*{rule.text}*\n\nSource: {rule.source}. Judged by `{judged.service}`."
    numbers = (f"- `{name}`: {value}" for name, value in rule.parameters.items())
    sets = (f"- `{name}`: {_listed(values)}" for name, values in rule.sets.items())
    if rule.parameters or rule.sets:
        yield "\n" + "\n".join((*numbers, *sets))
    for field in rule.regional:
        yield from _by_region(regional.BY_FIELD[field])


def _decided(choice: RegionalChoice, known: Mapping[str, Sequence[Judged]]) -> str:
    """Tell of a field of a rule set, and by which rules it is looked at."""
    by = (name for name, some in known.items() if any(choice.field in one.rule.regional for one in some))
    links = ", ".join(f"[{name}]({name}.md)" for name in by)
    cells = (f"`{choice.field}`", choice.text, choice.texte, _listed(choice.values), _default(choice.default), links)
    return f"| {' | '.join(cells)} |"


def _by_region(choice: RegionalChoice) -> Iterator[str]:
    """Tell what a region decides of a rule: among what, by which default, and who was found to ask for what."""
    yield f"\nBy region: the campaign's rule set, `{choice.field}`.  {choice.texte}  *{choice.text}*\n"
    among = f"; among {_listed(choice.values)}" if choice.values else ""
    yield f"- default: {_default(choice.default)}{among}"
    yield from map(_found, choice.practice)


def _found(one: Practice) -> str:
    when = "" if one.year is None else f", {one.year}"
    return f"- found at {one.coordination} ({', '.join(one.departments)}){when}: {_written(one.value)} ({one.source})"


def _default(value: Input) -> str:
    return "must be said" if value is None else _written(value) or "none"


def _written(value: Value) -> str:
    """Write a value as a campaign says it: a part with fields of its own as its fields."""
    if isinstance(value, (str, int)) or value is None:
        return f"`{str(value).lower()}`"
    parts = (one if isinstance(one, str) else " ".join(f"{key}={said}" for key, said in one.items()) for one in value)
    return _listed(parts)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)

"""The jurist's pages: what the law and the scheme say, by which text, since when, with which numbers, held by what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from actions.domain.rules import RULES, Rule
from actions.domain.rules.delays import DELAYS

FOLDER = Path("docs/reference/rules")
TESTS = ("tests/unit/actions", "tests/integration/actions", "tests/unit/catalogue", "tests/e2e")
REGIONAL: Mapping[str, str] = {
    "R11": "authorisation_deadlines",
    "R15": "companion",
    "R16": "under_12_outdoors",
    "R21": "prior_contact_required",
    "R22": "deadline_on",
    "O01": "authorisation_deadlines",
}
"""What a region decides of a rule: the field of its campaign's rule set."""

BEGINS = """# Rules

*Written by `make docs` from the records that the code judges by (`actions.domain.rules`).*

A rule is a dated record; the version in force on the day of the thing judged decides.  A verdict names rule, version,
what went in, why, and the first day on which it would pass, and says the same again when it is asked again with what
went in.  R… are rules, T… steps of a procedure, O… the days by which something must be settled,
C… what a copy can do.  What differs by region is in its campaign's own rule set: the last column names the field.

| rule | says | dit | regional |
|---|---|---|---|
"""
_NAMED = re.compile(r"^(?:async )?def (test_\w*)\(", re.MULTILINE)


def pages(root: Path) -> dict[Path, str]:
    """Write the list, and a page for each rule."""
    ordered = sorted((*RULES, *DELAYS), key=lambda rule: (rule.id, rule.valid_from, rule.version))
    versions = {name: list(some) for name, some in groupby(ordered, key=lambda rule: rule.id)}
    tests = _tests(root)
    listed = BEGINS + "\n".join(_line(some[-1]) for some in versions.values()) + "\n"
    return {FOLDER / "README.md": listed} | {
        FOLDER / f"{name}.md": _page(some, tests.get(name, [])) for name, some in versions.items()
    }


def _line(rule: Rule) -> str:
    regional = f"`{REGIONAL[rule.id]}`" if rule.id in REGIONAL else ""
    return f"| [{rule.id}]({rule.id}.md) | {rule.text} | {rule.texte} | {regional} |"


def _page(versions: Sequence[Rule], tests: Sequence[str]) -> str:
    return "\n".join(_told(versions, tests)) + "\n"


def _told(versions: Sequence[Rule], tests: Sequence[str]) -> Iterator[str]:
    yield f"# {versions[0].id}"
    for rule in versions:
        until = f" to {rule.valid_until}" if rule.valid_until else ""
        corrected = ", corrected: it judges no day any more" if rule.corrected else ""
        yield f"\n## Version {rule.version}, from {rule.valid_from}{until}{corrected}\n"
        yield f"{rule.texte}\n\n*{rule.text}*\n\nSource: {rule.source}."
        if rule.parameters:
            yield "\n" + "\n".join(f"- `{name}`: {value}" for name, value in rule.parameters.items())
    if versions[0].id in REGIONAL:
        yield f"\n## By region\n\nThe campaign's rule set: `{REGIONAL[versions[0].id]}`."
    yield "\n## Held by\n"
    yield "\n".join(f"- {test}" for test in tests) if tests else "No test is named after it."


def _tests(root: Path) -> Mapping[str, Sequence[str]]:
    """Find the tests that are named after rules: `test_r01_r02_…` holds both."""
    found: dict[str, list[str]] = {}
    for path in sorted(path for folder in TESTS for path in (root / folder).glob("test_*.py")):
        for name in dict.fromkeys(_NAMED.findall(path.read_text(encoding="utf-8"))):
            for rule in re.findall(r"_([rtoc]\d\d)(?=_)", name):
                found.setdefault(rule.upper(), []).append(f"`{path.relative_to(root)}` · {name}")
    return found

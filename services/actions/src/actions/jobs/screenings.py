"""Judges a file of screenings, line by line, and accounts for every line.  It opens two files, and nothing else."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from actions.domain import replay
from actions.domain.known import Film
from actions.domain.replay import Finding, LineUnreadable
from common.errors import DomainError, Invalid

SCREENINGS = ("id", "organisateur", "date", "code_insee", "lieu", "film_titre", "film_id", "gratuit")
FILMS = ("id", "titre", "duree_minutes", "visa")


class ColumnsMissing(Invalid):
    """A file is read by the names of its columns; the detail says which are not there."""

    title = "The file lacks columns."
    titre = "Des colonnes manquent au fichier."


@dataclass(slots=True, kw_only=True)
class Report:
    """What was found in a file: its lines, those judged, what rules say of them, and why lines were refused."""

    lines: int = 0
    judged: int = 0
    findings: list[Finding] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def judge_file(file: Path, films: Path | None = None) -> Report:
    """Judge every screening of a file by what a list says of its film; the same files twice say the same."""
    report, met = Report(), set[str]()
    known = _films(films, report) if films else {}
    for number, row in _rows(file, SCREENINGS):
        report.lines += 1
        try:
            one = replay.screening(row, known)
            _require_new(one.id, met)
        except DomainError as error:
            report.refused.append(f"{file.name} line {number}: {row['id'] or 'no id'}: {error}")
        else:
            report.judged += 1
            report.findings += replay.judge(one)
    return report


def table(findings: Iterable[Finding]) -> Iterator[Sequence[str]]:
    """Write what rules say as rows, under their header."""
    yield ("screening", "rule", "version", "outcome", "missing", "reason", "raison")
    for one in findings:
        said = one.verdict
        yield (one.screening, said.rule, one.version, said.outcome, one.missing, said.reason, said.raison)


def account(report: Report) -> Iterator[str]:
    yield from report.refused
    yield f"{report.lines} lines: {report.judged} judged, {report.lines - report.judged} refused"


def _films(file: Path, report: Report) -> Mapping[str, Film]:
    """Read the films of a list; one that cannot be read is told, and is then in no list."""
    known = dict[str, Film]()
    for number, row in _rows(file, FILMS):
        try:
            name, film = replay.film(row)
        except LineUnreadable as error:
            report.refused.append(f"{file.name} line {number}: {row['id']}: {error}")
        else:
            known[name] = film
    return known


def _require_new(name: str, met: set[str]) -> None:
    if name in met:
        raise LineUnreadable("id: an earlier line is about the same screening")
    met.add(name)


def _rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened, strict=True, restval="")
        if lacking := [one for one in columns if one not in (reader.fieldnames or ())]:
            raise ColumnsMissing(f"{file.name}: {', '.join(lacking)}")
        for row in reader:
            yield reader.line_num, row

"""Make the compact territory set that ships with `partners`, one file a vintage, from a public package.

    python -m territories.generate --folder services/partners/src/partners/data

Each file is one xz-compressed text: a manifest (JSON) as its first line, then one tab-separated row an entity.  The
same packages give the same bytes.  What the rows mean is written in `README.md` beside them.
"""

import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from territories.packages import NAME, RELEASES, Package, Release, fetch, read

KINDS = {
    "commune-actuelle": "municipality",
    "commune-deleguee": "delegated",
    "commune-associee": "associated",
    "arrondissement-municipal": "arrondissement",
}
COLUMNS: Mapping[str, Sequence[str]] = {
    "region": ("code", "name", "zone"),
    "department": ("code", "name", "zone", "region"),
    "intermunicipality": ("siren", "name", "form"),
    "municipality": (
        "code",
        "name",
        "department",
        "parent",
        "successors",
        "intermunicipality",
        "territorial_body",
        "population",
        "siren",
    ),
}
"""Of each kind of row; the kinds of a municipality share the last."""

Row = tuple[str, ...]


def rows(package: Package, known_before: frozenset[str]) -> Iterator[Row]:
    """Turn a package into rows; `known_before` are the municipalities of the earlier vintages of the set."""
    for region in package.regions:
        yield "region", region["code"], region["nom"], region["zone"]
    for department in package.departments:
        yield "department", department["code"], department["nom"], department["zone"], department["region"]
    for body in (*package.intermunicipalities, *package.territorial_bodies):
        yield "intermunicipality", body["code"], body["nom"], body["type"]
    yield from _living(package, known_before)
    yield from _ceased(package)


def codes(package: Package) -> frozenset[str]:
    """List the municipalities in the full sense: no part of another."""
    return frozenset(entry["code"] for entry in package.municipalities if entry["type"] == "commune-actuelle")


def _living(package: Package, known_before: frozenset[str]) -> Iterator[Row]:
    member_of, body_of = _members(package.intermunicipalities), _members(package.territorial_bodies)
    now = codes(package)
    for entry in package.municipalities:
        code, kind = entry["code"], KINDS[entry["type"]]
        parent = entry.get("chefLieu") or entry.get("commune") or ""
        superseded = kind != "municipality" and code in known_before and code not in now
        whole = kind == "municipality"
        yield (
            kind,
            code,
            entry["nom"],
            entry["departement"],
            parent,
            parent if superseded else "",
            member_of.get(code, "") if whole else "",
            body_of.get(code, "") if whole else "",
            str(entry.get("population", "")),
            entry.get("siren", ""),
        )


def _ceased(package: Package) -> Iterator[Row]:
    """List the former codes that name nothing any more, with what took their place."""
    alive = {entry["code"] for entry in package.municipalities}
    successors: dict[str, list[str]] = {}
    department_of: dict[str, str] = {}
    for entry in package.municipalities:
        for old in entry.get("anciensCodes", ()):
            successors.setdefault(old, []).append(entry["code"])
            department_of.setdefault(old, entry["departement"])
    for old in sorted(successors.keys() - alive):
        yield "ceased", old, "", department_of[old], "", "|".join(sorted(successors[old])), "", "", "", ""


def _members(bodies: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {member["code"]: body["code"] for body in bodies for member in body["membres"]}


def manifest(release: Release, written: Sequence[Row]) -> dict[str, Any]:
    """Say what a file holds, whence and from when."""
    counts: dict[str, int] = {}
    for row in written:
        counts[row[0]] = counts.get(row[0], 0) + 1
    return {
        "format": 1,
        "vintage": release.vintage,
        "source": "Insee (Code officiel géographique, populations légales), DGCL (intercommunalités), "
        f"gathered by Etalab in {NAME} {release.version}",
        "published_on": release.published_on.isoformat(),
        "licence": "Licence Ouverte / Open Licence (Etalab)",
        "remarks": release.remarks,
        "columns": COLUMNS,
        "counts": counts,
    }


def encode(release: Release, written: Sequence[Row]) -> bytes:
    """Compress manifest and rows; the same rows always give the same bytes."""
    head = json.dumps(manifest(release, written), ensure_ascii=False)
    text = "\n".join([head, *("\t".join(row) for row in written), ""])
    return lzma.compress(text.encode(), format=lzma.FORMAT_XZ, preset=9 | lzma.PRESET_EXTREME)


def generate(
    folder: Annotated[Path, typer.Option(help="Where the files go.")],
    archives: Annotated[Path | None, typer.Option(help="Keep or find the packages' archives here.")] = None,
) -> None:
    """Fetch the packages and write one file a vintage."""
    with TemporaryDirectory() as scratch:
        kept = archives or Path(scratch)
        known_before: frozenset[str] = frozenset()
        for release in RELEASES:
            package = read(release, fetch(release, kept))
            written = list(rows(package, known_before))
            target = folder / f"territories-{release.vintage}.tsv.xz"
            target.write_bytes(encode(release, written))
            typer.echo(f"{target.name}: {len(written)} rows, {target.stat().st_size} bytes")
            known_before |= codes(package)


if __name__ == "__main__":
    typer.run(generate)

"""The public packages the territory set is made from, and how to get them.

`@etalab/decoupage-administratif` (Licence Ouverte) gathers the Insee's official geographic code, the DGCL's list of
intermunicipalities and the legal populations; it publishes one version line a vintage.
"""

import json
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

NAME = "@etalab/decoupage-administratif"
FETCH_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published version: the newest of its vintage."""

    vintage: int
    version: str
    published_on: date
    remarks: str = ""


RELEASES = (
    Release(vintage=2024, version="4.1.0", published_on=date(2025, 2, 11)),
    Release(vintage=2025, version="5.3.0", published_on=date(2026, 1, 19)),
    Release(
        vintage=2026,
        version="6.0.0",
        published_on=date(2026, 3, 9),
        remarks="populations and territorial public bodies (EPT) are those of 2025",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What one release holds: the tables as published."""

    release: Release
    municipalities: Sequence[Mapping[str, Any]]
    departments: Sequence[Mapping[str, Any]]
    regions: Sequence[Mapping[str, Any]]
    intermunicipalities: Sequence[Mapping[str, Any]]
    territorial_bodies: Sequence[Mapping[str, Any]]


def fetch(release: Release, folder: Path) -> Path:
    """Download one release with npm; return its archive.  An archive already there is kept."""
    archive = folder / f"etalab-decoupage-administratif-{release.version}.tgz"
    if not archive.exists():
        command = ["npm", "pack", "--silent", f"{NAME}@{release.version}"]
        subprocess.run(command, cwd=folder, check=True, timeout=FETCH_TIMEOUT_S)  # noqa: S603 - names from RELEASES
    return archive


def read(release: Release, archive: Path) -> Package:
    """Read the tables out of an archive."""
    with tarfile.open(archive) as tar:
        return Package(
            release=release,
            municipalities=_table(tar, "communes"),
            departments=_table(tar, "departements"),
            regions=_table(tar, "regions"),
            intermunicipalities=_table(tar, "epci"),
            territorial_bodies=_table(tar, "ept"),
        )


def _table(tar: tarfile.TarFile, name: str) -> Sequence[Mapping[str, Any]]:
    member = tar.extractfile(f"package/data/{name}.json")
    if member is None:
        message = f"The archive has no table {name}."
        raise LookupError(message)
    rows: list[dict[str, Any]] = json.load(member)
    return rows

"""The national tables of one edition as CSV: a file a kind, French column names, codes as text.

    regions departements epci ept          code or siren, nom, …
    communes                               municipalities, with SIREN, population, intermunicipality, density
    entites_infracommunales                their delegated and associated parts, their arrondissements
    communes_anciens_codes                 former codes and what took their place
    cog_changements_<from>_<to>            what changed since an earlier edition: which parts were municipalities then

Coordinates, post codes and massifs are not kept: they name no territory.  Pure: whoever calls opens the files.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from common.contracts.partners import Area, Density, Intermunicipality, Municipality, MunicipalityKind
from partners.domain.editions import ZONES, Anomaly, Department, Edition, Entry, Remark, Row, judged

Tables = Mapping[str, Sequence[Row]]

MUNICIPALITIES, PARTS, FORMER = "communes", "entites_infracommunales", "communes_anciens_codes"
CHANGES = "cog_changements"
"""How a table of changes begins; the rest of its name says between which editions."""

KINDS: Mapping[str, MunicipalityKind] = MappingProxyType(
    {
        "commune-deleguee": MunicipalityKind.DELEGATED,
        "commune-associee": MunicipalityKind.ASSOCIATED,
        "arrondissement-municipal": MunicipalityKind.ARRONDISSEMENT,
    }
)
LEVELS: Mapping[str, Density] = MappingProxyType(
    {
        "Grands centres urbains": Density.LARGE_URBAN_CENTRE,
        "Centres urbains intermédiaires": Density.INTERMEDIATE_URBAN_CENTRE,
        "Ceintures urbaines": Density.URBAN_BELT,
        "Petites villes": Density.SMALL_TOWN,
        "Bourgs ruraux": Density.RURAL_TOWN,
        "Rural à habitat dispersé": Density.DISPERSED_RURAL,
        "Rural à habitat très dispersé": Density.VERY_DISPERSED_RURAL,
    }
)
"""By the label, on which all sources agree."""

_FIRST_LINE = 2


def read(tables: Tables, *, vintage: int, source: str, source_date: date) -> Edition:
    """Read one edition; the tables are named after their files."""
    departments = [_department(row) for row in tables.get("departements", ())]
    bodies = {row["siren"]: _body(row) for name in ("epci", "ept") for row in tables.get(name, ())}
    ceased = {row["code"] for row in _changes(tables) if row["type"] == "supprimee"}
    entries, remarks = judged(
        [*_municipalities(tables), *_parts(tables, ceased), *_former(tables)],
        [department.area.code for department in departments],
        bodies,
    )
    return Edition(
        vintage=vintage,
        source=source,
        source_date=source_date,
        regions={row["code"]: Area(code=row["code"], name=row["nom"]) for row in tables.get("regions", ())},
        departments=departments,
        intermunicipalities=bodies,
        entries=entries,
        lines={name: len(rows) for name, rows in tables.items()},
        remarks=sorted([*remarks, *_more_remarks(tables)], key=lambda one: (one.file, one.line)),
        densities=dict(_densities(tables)),
    )


def _municipalities(tables: Tables) -> Iterator[Entry]:
    for line, row in enumerate(tables.get(MUNICIPALITIES, ()), start=_FIRST_LINE):
        yield Entry(
            file=MUNICIPALITIES,
            line=line,
            department=row["code_departement"],
            municipality=Municipality(
                code=row["code_insee"],
                name=row["nom"],
                kind=MunicipalityKind.MUNICIPALITY,
                intermunicipality=row["siren_epci"] or None,
                territorial_body=row["siren_ept"] or None,
                population=int(row["population"]) if row["population"] else None,
                siren=row["siren"] or None,
            ),
        )


def _parts(tables: Tables, ceased: set[str]) -> Iterator[Entry]:
    """Read the parts; one that was a municipality in an earlier edition names what took its place (R30)."""
    for line, row in enumerate(tables.get(PARTS, ()), start=_FIRST_LINE):
        yield Entry(
            file=PARTS,
            line=line,
            department=row["code_departement"],
            municipality=Municipality(
                code=row["code_insee"],
                name=row["nom"],
                kind=KINDS[row["type"]],
                parent=row["code_commune"],
                successors=(row["code_commune"],) if row["code_insee"] in ceased else (),
                population=int(row["population"]) if row["population"] else None,
            ),
        )


def _former(tables: Tables) -> Iterator[Entry]:
    """Read the former codes that name nothing today."""
    department_of = {row["code_insee"]: row["code_departement"] for row in tables.get(MUNICIPALITIES, ())}
    for line, row in enumerate(tables.get(FORMER, ()), start=_FIRST_LINE):
        if not row["statut_ancien"]:
            yield Entry(
                file=FORMER,
                line=line,
                department=department_of.get(row["code_actuel"], ""),
                municipality=Municipality(
                    code=row["code_ancien"],
                    name=None,
                    kind=MunicipalityKind.CEASED,
                    successors=(row["code_actuel"],),
                ),
            )


def _changes(tables: Tables) -> Iterator[Row]:
    for name, rows in tables.items():
        if name.startswith(CHANGES):
            yield from rows


def _densities(tables: Tables) -> Iterator[tuple[str, Density]]:
    for row in tables.get(MUNICIPALITIES, ()):
        if level := LEVELS.get(row["niveau_densite"]):
            yield row["code_insee"], level


def _more_remarks(tables: Tables) -> Iterator[Remark]:
    """Remark what no entry shows: parts met again among the former codes, labels without a level, tables not kept."""
    for line, row in enumerate(tables.get(FORMER, ()), start=_FIRST_LINE):
        if row["statut_ancien"]:
            yield Remark(file=FORMER, line=line, code=row["code_ancien"], anomaly=Anomaly.LIVES_ON_AS_A_PART)
    for line, row in enumerate(tables.get(MUNICIPALITIES, ()), start=_FIRST_LINE):
        if row["niveau_densite"] not in LEVELS:
            yield Remark(file=MUNICIPALITIES, line=line, code=row["code_insee"], anomaly=Anomaly.UNKNOWN_LEVEL)
    for line, row in enumerate(tables.get("arrondissements", ()), start=_FIRST_LINE):
        yield Remark(file="arrondissements", line=line, code=row["code"], anomaly=Anomaly.NOTHING_TO_KEEP)


def _department(row: Row) -> Department:
    return Department(area=Area(code=row["code"], name=row["nom"]), zone=ZONES[row["zone"]], region=row["code_region"])


def _body(row: Row) -> Intermunicipality:
    return Intermunicipality(siren=row["siren"], name=row["nom"], form=row["type"])

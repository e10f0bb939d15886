"""The forms in which a film is shown: in which language, with which subtitles, for whom, and for how long.

The work is one, its screen versions are several, and of each there are copies, which are kept elsewhere.  Several cuts
of one form are told apart by their names; a cut may last longer than the work is said to, and its
length decides the law.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from catalogue.domain import titles
from common.contracts.catalogue import FilmVersion, ScreenVersion
from common.errors import FieldError

_LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST_MINUTES = 1440


def written(described: Sequence[ScreenVersion]) -> tuple[ScreenVersion, ...]:
    """Write each its one way."""
    return tuple(
        replace(one, cut=titles.line(one.cut) or "", accessibility=tuple(dict.fromkeys(one.accessibility)))
        for one in described
    )


def codes(named: Sequence[FilmVersion], described: Sequence[ScreenVersion]) -> tuple[FilmVersion, ...]:
    """List the forms in which a film can be had: those that were named, and those that are described."""
    told = (code for one in described for code in (one.code, *map(FilmVersion, one.accessibility)))
    return tuple(dict.fromkeys((*named, *told)))


def united(own: Sequence[ScreenVersion], others: Sequence[ScreenVersion]) -> tuple[ScreenVersion, ...]:
    """Add the cuts that are not described yet; of one that is, its own description stays."""
    known = {_key(one) for one in own}
    return (*own, *(one for one in others if _key(one) not in known))


def mistakes(described: Sequence[ScreenVersion]) -> Iterator[FieldError]:
    """Name what cannot be, each by its place in a film's description."""
    seen = set[tuple[FilmVersion, str]]()
    for n, one in enumerate(described):
        if _key(one) in seen:
            message = "This cut of this version is described twice."
            libelle = "Ce montage de cette version est décrit deux fois."
            yield FieldError(f"/screen_versions/{n}", "described-twice", message, libelle=libelle)
        seen.add(_key(one))
        yield from _of_one(one, f"/screen_versions/{n}")


def _of_one(one: ScreenVersion, pointer: str) -> Iterator[FieldError]:
    for name in ("language", "subtitles"):
        code = getattr(one, name)
        if code is not None and not _LANGUAGE.fullmatch(code):
            message = "A language is written as in ISO 639, in two or three small letters."
            libelle = "Une langue s’écrit selon ISO 639, en deux ou trois minuscules."
            yield FieldError(f"{pointer}/{name}", "no-language", message, libelle=libelle)
    if one.duration_minutes is not None and not 1 <= one.duration_minutes <= LONGEST_MINUTES:
        message = f"A film lasts 1 to {LONGEST_MINUTES} minutes."
        libelle = f"Un film dure de 1 à {LONGEST_MINUTES} minutes."
        yield FieldError(f"{pointer}/duration_minutes", "no-duration", message, libelle=libelle)


def _key(one: ScreenVersion) -> tuple[FilmVersion, str]:
    """Tell a cut by its form and its name, however that is written."""
    return one.code, " ".join(titles.words(one.cut))

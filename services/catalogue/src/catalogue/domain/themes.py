"""What films are about: words of one vocabulary, each with the day on which it entered, in French and in English.

The list is the house's own, in words that selections for young audiences and for the open air speak in; nobody
publishes an official one.  It grows by a line under the day on which it does.  A code stays for ever, since films carry
it; its words may be put better.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from common.errors import FieldError


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme by its code, in both languages; `since` is the day on which it entered the vocabulary."""

    code: str
    libelle: str
    label: str
    since: date


_ENTERED: Mapping[date, str] = {
    date(2026, 11, 27): """
        adolescence      | Adolescence                   | Adolescence
        adventure        | Aventure                      | Adventure
        animals          | Animaux                       | Animals
        art              | Art et création               | Art and creation
        bereavement      | Deuil                         | Bereavement
        childhood        | Enfance                       | Childhood
        cinema           | Le cinéma à l’écran           | Cinema on screen
        citizenship      | Citoyenneté                   | Citizenship
        city             | Ville et quartiers            | City and neighbourhoods
        coming_of_age    | Passage à l’âge adulte        | Coming of age
        commitment       | Engagement et résistance      | Commitment and resistance
        confinement      | Enfermement                   | Confinement
        countryside      | Monde rural                   | Countryside
        dance            | Danse                         | Dance
        digital          | Numérique et images           | Digital life and images
        disability       | Handicap                      | Disability
        discrimination   | Discriminations               | Discrimination
        dream            | Rêve et imaginaire            | Dream and imagination
        environment      | Environnement                 | Environment
        equality         | Égalité entre filles et garçons | Equality of girls and boys
        exile            | Exil et migrations            | Exile and migration
        family           | Famille                       | Family
        fear             | Peur                          | Fear
        friendship       | Amitié                        | Friendship
        generations      | Liens entre générations       | Bonds between generations
        health           | Santé                         | Health
        humour           | Humour et burlesque           | Humour and slapstick
        identity         | Identité                      | Identity
        justice          | Justice                       | Justice
        living_together  | Vivre ensemble                | Living together
        love             | Amour                         | Love
        memory           | Histoire et mémoire           | History and memory
        music            | Musique et chanson            | Music and song
        nature           | Nature                        | Nature
        school           | École                         | School
        science          | Sciences                      | Science
        solidarity       | Solidarité                    | Solidarity
        sport            | Sport                         | Sport
        tale             | Conte et merveilleux          | Tale and wonder
        travel           | Voyage                        | Travel
        war              | Guerre                        | War
        work             | Travail                       | Work
    """,
}


def written(codes: Collection[str]) -> tuple[str, ...]:
    """Write a film's themes their one way: each once, in the order of the vocabulary."""
    return tuple(theme.code for theme in VOCABULARY if theme.code in codes)


def known(code: str) -> bool:
    return code in _CODES


def mistakes(codes: Sequence[str]) -> Iterator[FieldError]:
    """Name what is no theme, each by its place in a film's description."""
    for n, code in enumerate(codes):
        if not known(code):
            message = "A theme is one of the vocabulary, GET /v1/films/themes."
            libelle = "Un thème est l’un de ceux du vocabulaire, GET /v1/films/themes."
            yield FieldError(f"/themes/{n}", "unknown-theme", message, libelle=libelle)


def _read() -> Iterator[Theme]:
    for since, lines in _ENTERED.items():
        for line in lines.strip().splitlines():
            code, libelle, label = (part.strip() for part in line.split("|"))
            yield Theme(code=code, libelle=libelle, label=label, since=since)


VOCABULARY = tuple(_read())
_CODES = frozenset(theme.code for theme in VOCABULARY)

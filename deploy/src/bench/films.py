"""A hundred thousand films that nobody has made: French titles and directors, the same for the same seed.

Words are drawn as a language draws them: a few often, most seldom.  Half of the nouns and all of the surnames are made
of syllables, so that there are as many different words as in such a catalogue, and some that differ by a letter.
"""

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

HEADER = (
    *("title", "original_title", "directors", "year", "released_on", "countries", "genre", "duration_minutes"),
    *("versions", "classification", "visas", "themes"),
)
Row: TypeAlias = tuple[str, ...]

FIRST_VISA = 100_000
NOUNS_MADE, SURNAMES_MADE = 9_000, 20_000


def _listed(words: str) -> list[str]:
    return words.split()


_NOUNS = _listed("""
    nuit jour été hiver automne printemps mer forêt maison école enfant fille garçon mère père frère sœur amour mort
    vie rêve ombre lumière étoile lune soleil route chemin voyage train bateau ville village rivière montagne île
    plage vent pluie neige orage secret mensonge vérité silence promesse fenêtre porte jardin fête musique chanson
    danse théâtre cinéma guerre paix révolution roi reine prince château trésor loup renard chat chien cheval oiseau
    poisson baleine éléphant dragon fantôme sorcière géant voleur policier médecin facteur boulanger pêcheur berger
    marin soldat poète peintre héros élève professeur voisin étranger ami ennemi destin hasard miracle mystère
    énigme crime procès évasion
""")
_VOWELS = [noun for noun in _NOUNS if noun[0] in "aeéiou"]
_ADJECTIVES = _listed("""
    petit grand beau vieux jeune nouveau dernier premier perdu retrouvé oublié secret étrange merveilleux terrible
    sauvage bleu rouge noir blanc vert doré éternel invisible impossible extraordinaire sans-souci bien-aimé
    français étoilé
""")
_PLACES = _listed("""
    Paris Marseille Lyon Nantes Lille Brest Nîmes Orléans Besançon Saint-Étienne Saint-Denis Cherbourg Rochefort
    Sète Fort-de-France Cayenne Mamoudzou Pointe-à-Pitre Tanger Dakar Montréal Genève Bruxelles Naples Lisbonne
    Berlin
""")
_FIRST_NAMES = _listed("""
    Agnès Alain André Anne Antoine Aurélie Béatrice Benoît Camille Céline Chloé Claire Claude Clément Damien Élise
    Émile Éric Étienne Fanny François Françoise Gérard Hélène Henri Inès Jacques Jean Jean-Luc Jean-Pierre Jeanne
    Joël Julie Justine Laëtitia Léa Léo Louis Lucie Marie Marie-Hélène Mathilde Maïwenn Noémie Olivier Pascal
    Philippe Rachid Raphaël René Romain Samuel Solène Sophie Stéphane Sébastien Thomas Valérie Véronique Yasmine Zoé
""")
_THEMES = _listed("""
    adolescence animals art childhood cinema city countryside dance environment exile family friendship love memory
    music nature school sport travel war work
""")
_SYLLABLES = _listed("""
    ba be bé bi bou bra cha che clé co cou cra da dé dou dra du é fa fé flo fou ga gé gra gué ho ja jo ju la le lé
    li lou ma mé mi mo mou na né no nou o pa pé pi plo pra que ra ré ri rou sa sé so sou ta té ti tou tra va vé vi
    vou y za
""")
_ENDINGS = _listed("""
    ard eau el er et ette ier ière in ine ois on ot oux al ain elle ent and ert ic ec ou y
""")
_TITLES = (
    *("Le {noun} et la {noun}", "La {noun} {adjective}", "L’{vowel} et le {noun}", "Les {noun}s de {place}"),
    *("{name} et le {noun}", "{name} et les {noun}s {adjective}s", "Un {noun} à {place}", "Le {noun} de la {noun}"),
    *(
        "{noun}, {noun} {adjective}",
        "{noun} du {number}",
        "Une {noun} pour {name}",
        "{name} contre le {noun}",
        "Mon {noun}, ma {noun}",
    ),
    *("{place}, {noun} {adjective}", "Qu’est-ce que le {noun} ?", "Le {noun} n’a pas de {noun}", "{noun}"),
)
_GAP = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    nouns: Sequence[str]
    surnames: Sequence[str]

    @classmethod
    def drawn(cls, rng: random.Random) -> "_Words":
        made = [_made(rng) for _ in range(NOUNS_MADE)]
        return cls(nouns=[*_NOUNS, *made], surnames=[_made(rng).capitalize() for _ in range(SURNAMES_MADE)])


def films(count: int, *, seed: int) -> Iterator[Row]:
    """Make films, each with a visa of its own, in no order of their titles."""
    rng = random.Random(seed)  # noqa: S311 - to be the same again
    words = _Words.drawn(rng)
    for visa in rng.sample(range(FIRST_VISA, 1_000_000), count):
        yield _film(rng, words, visa)


def write(rows: Sequence[Row], file: Path) -> None:
    """Write films as a file of our own format."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([HEADER, *rows])


def _film(rng: random.Random, words: _Words, visa: int) -> Row:
    year = rng.randint(1930, 2025)
    minutes = rng.randint(61, 190) if rng.random() < 0.7 else rng.randint(3, 59)  # noqa: PLR2004 - one in three is short
    return (
        _title(rng, words),
        _title(rng, words) if rng.random() < 0.1 else "",  # noqa: PLR2004 - one in ten
        "|".join(_director(rng, words) for _ in range(1 if rng.random() < 0.9 else 2)),  # noqa: PLR2004 - nine in ten
        str(year),
        f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        rng.choice(("FR", "FR", "FR", "FR|BE", "US", "IT", "JP", "SN|FR")),
        rng.choice(("fiction", "fiction", "documentary", "animation")),
        str(minutes),
        rng.choice(("vo", "vf", "vo|vostfr", "vf|ad")),
        rng.choice(("all", "all", "all", "u12", "")),
        f"{visa}@{year}-01-15",
        "|".join(rng.sample(_THEMES, rng.randint(1, 3))) if rng.random() < 0.2 else "",  # noqa: PLR2004 - one in five
    )


def _title(rng: random.Random, words: _Words) -> str:
    drawn = {
        "noun": lambda: _often_first(rng, words.nouns),
        "vowel": lambda: rng.choice(_VOWELS),
        "adjective": lambda: _often_first(rng, _ADJECTIVES),
        "place": lambda: rng.choice(_PLACES),
        "name": lambda: rng.choice(_FIRST_NAMES),
        "number": lambda: str(rng.randint(1, 31)),
    }
    title = _GAP.sub(lambda gap: drawn[gap[1]](), rng.choice(_TITLES))
    return title[0].upper() + title[1:]


def _director(rng: random.Random, words: _Words) -> str:
    return f"{rng.choice(_FIRST_NAMES)} {_often_first(rng, words.surnames)}"


def _often_first(rng: random.Random, words: Sequence[str]) -> str:
    """Draw a word; those in front come much more often."""
    return words[min(int(len(words) * rng.random() ** 2), len(words) - 1)]


def _made(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(1, 3))) + rng.choice(_ENDINGS)

"""How long what a film is found by may be, in characters, whoever says it: an index holds no more."""

from collections.abc import Iterator, Sequence

from common.errors import FieldError

TITLE_MAX = 500
NAME_MAX = 200


def mistakes(pointer: str, texts: Sequence[str | None], longest: int) -> Iterator[FieldError]:
    """Name what is too long."""
    for text in texts:
        if text is not None and len(text) > longest:
            message, libelle = f"At most {longest} characters.", f"{longest} caractères au plus."
            yield FieldError(pointer, "too-long", message, libelle=libelle)

"""What a refusal looks like on the wire (RFC 9457), and what is said of a value that does not fit.  Data only."""

from collections.abc import Mapping
from typing import Any, Final

SCHEMA: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "A refusal (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "The page that explains this code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; programmes decide by it."},
        "detail": {"type": "string"},
        "trace_id": {"type": "string", "description": "What to quote when asking for help."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "Into the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "Of the path, the query or the headers."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "rule": {"type": "string"},
                },
            },
        },
        "rule": {"type": "string", "description": "The rule that says no, in its `version`, by its `inputs`."},
        "version": {
            "type": "string",
            "description": "Its text and source: `/v1/rules/{rule}/{version}`; empty: `/v1/rules/{rule}`.",
        },
        "inputs": {"type": "object"},
        "reason": {"type": "string"},
        "first_lawful_on": {"type": "string", "format": "date", "description": "From when it would say yes."},
    },
}

SAID: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("This is required.", "Cette valeur est requise."),
    "extra_forbidden": ("There is no such field.", "Ce champ n’existe pas."),
    "string_too_short": ("At least {min_length} characters.", "Au moins {min_length} caractères."),
    "string_too_long": ("At most {max_length} characters.", "Au plus {max_length} caractères."),
    "string_pattern_mismatch": ("Must match {pattern}.", "Doit respecter le motif {pattern}."),
    "too_short": ("At least {min_length} items.", "Au moins {min_length} éléments."),
    "too_long": ("At most {max_length} items.", "Au plus {max_length} éléments."),
    "greater_than": ("Must be greater than {gt}.", "Doit être supérieur à {gt}."),
    "greater_than_equal": ("Must be at least {ge}.", "Doit être au moins {ge}."),
    "less_than": ("Must be less than {lt}.", "Doit être inférieur à {lt}."),
    "less_than_equal": ("Must be at most {le}.", "Doit être au plus {le}."),
    "enum": ("One of: {expected}.", "L’une de ces valeurs : {expected}."),
    "literal_error": ("One of: {expected}.", "L’une de ces valeurs : {expected}."),
    "timezone_aware": ("The offset is missing.", "Le décalage horaire manque."),
    "string": ("Must be a text.", "Doit être un texte."),
    "int": ("Must be a whole number.", "Doit être un nombre entier."),
    "decimal": ("Must be a decimal number within its limits.", "Doit être un nombre décimal dans ses limites."),
    "float": ("Must be a number.", "Doit être un nombre."),
    "bool": ("Must be true or false.", "Doit être vrai ou faux."),
    "uuid": ("Must be a UUID.", "Doit être un UUID."),
    "date": ("Must be a date (YYYY-MM-DD).", "Doit être une date (AAAA-MM-JJ)."),
    "time_delta_type": ("Must be a duration, such as PT24H.", "Doit être une durée, comme PT24H."),
    "time_delta_parsing": ("Must be a duration, such as PT24H.", "Doit être une durée, comme PT24H."),
    "time": ("Must be an hour (HH:MM).", "Doit être une heure (HH:MM)."),
    "datetime": ("Must be an RFC 3339 date-time.", "Doit être une date-heure RFC 3339."),
    "list": ("Must be a list.", "Doit être une liste."),
    "model": ("Must be an object.", "Doit être un objet."),
    "url": ("Must be an address.", "Doit être une adresse."),
}
"""By pydantic's kind of error, or its first word: in English, in French."""
UNSAID: Final = ("The value is not acceptable.", "Cette valeur n’est pas acceptable.")

"""The environment, read once."""

import pytest
from pydantic import ValidationError

from common.settings import Settings

GIVEN = {
    "DATABASE_URL": "postgresql://app:tiptoe@db/passeurs",
    "TOKEN_ISSUER": "https://api.example.org",
    "JWKS_URL": "https://api.example.org/.well-known/jwks.json",
    "PATH": "/usr/bin",
    "OTLP_ENDPOINT": "",
}


def test_only_our_names_are_read_and_empty_counts_as_absent():
    settings = Settings.read(
        {**GIVEN, "SANDBOX": "1", "ENVIRONMENT": "development", "API_PORT": "9000", "POOL_MAX": ""}
    )
    assert (settings.api_port, settings.sandbox, settings.pool_max, settings.otlp_endpoint) == (9000, True, 8, "")


def test_every_mistake_is_named_at_once_and_no_value_is_quoted():
    with pytest.raises(ValidationError) as refusal:
        Settings.read({"DATABASE_URL": "tiptoe", "API_PORT": "tiptoe", "LOG_FORMAT": "tiptoe"})
    assert {fault["loc"][0] for fault in refusal.value.errors()} == {
        "api_port",
        "log_format",
        "token_issuer",
        "jwks_url",
    }
    assert "tiptoe" not in str(refusal.value)


def test_secrets_do_not_print():
    assert "tiptoe" not in repr(Settings.read(GIVEN))


def test_production_has_no_sandbox():
    with pytest.raises(ValidationError, match="SANDBOX=1 is refused"):
        Settings.read({**GIVEN, "SANDBOX": "1"})


def test_every_setting_explains_itself():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []

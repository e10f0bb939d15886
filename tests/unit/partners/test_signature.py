"""Signatures that the public Standard Webhooks library believes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from partners.domain import signature

ONE, OTHER = (signature.secret(bytes([n]) * 32) for n in (1, 2))


def now() -> datetime:
    """Ask the clock when it is wanted: the library believes nothing that is older than five minutes."""
    return datetime.now(UTC)


@given(body=st.text(min_size=1))
def test_what_we_sign_is_believed(body):
    headers = signature.headers("id-1", body, secrets=[ONE], at=now())
    Webhook(ONE).verify(body, headers, json_parse=False)


def test_both_secrets_are_believed_while_one_replaces_the_other_and_the_newest_comes_first():
    at = now()
    headers = signature.headers("id-1", "{}", secrets=[OTHER, ONE], at=at)
    for secret in (ONE, OTHER):
        Webhook(secret).verify("{}", headers)
    first, _ = headers["webhook-signature"].split(" ")
    assert first == signature.headers("id-1", "{}", secrets=[OTHER], at=at)["webhook-signature"]


def test_another_zone_is_the_same_moment():
    at = now()
    paris = at.astimezone(ZoneInfo("Europe/Paris"))
    headers = signature.headers("id-1", "{}", secrets=[ONE], at=paris)
    assert headers == signature.headers("id-1", "{}", secrets=[ONE], at=at)
    Webhook(ONE).verify("{}", headers)


@pytest.mark.parametrize("change", ["body", "id", "time", "secret"])
def test_whatever_is_changed_is_not_believed(change):
    at = now() - timedelta(minutes=6 if change == "time" else 0)
    headers = signature.headers("id-1", "{}", secrets=[OTHER if change == "secret" else ONE], at=at)
    if change == "id":
        headers["webhook-id"] = "id-2"
    with pytest.raises(WebhookVerificationError):
        Webhook(ONE).verify("[]" if change == "body" else "{}", headers)


def test_a_secret_is_256_bits():
    with pytest.raises(ValueError, match="32"):
        signature.secret(b"short")

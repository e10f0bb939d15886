"""Who may know a role's password: whoever knows the administrator's, and nobody else."""

import pytest

from common import migrations

SECRET = "postgresql://postgres:tiptoe@db/passeurs"


@pytest.mark.parametrize(
    "address", ["postgresql://postgres@db/passeurs", "postgresql://postgres:@db/passeurs", "postgresql:///passeurs"]
)
async def test_an_administrator_without_a_password_prepares_nothing(address: str):
    with pytest.raises(migrations.NoPassword, match="needs a password"):
        await migrations.prepare(address, "catalogue")
    with pytest.raises(migrations.NoPassword):
        migrations.dsn(address, "catalogue", "app")


def test_no_statement_says_a_password_that_the_server_might_write_into_its_log():
    statements = "\n".join(migrations._preparation(SECRET, "catalogue", "passeurs"))
    secrets = [migrations.password(SECRET, f"catalogue_{role}") for role in migrations.ROLES]
    assert [secret for secret in ("tiptoe", *secrets) if secret in statements] == []
    assert statements.count("PASSWORD 'SCRAM-SHA-256$4096:") == len(migrations.ROLES)


def test_each_role_has_a_password_of_its_own_that_does_not_show_the_administrator_s():
    addresses = {migrations.dsn(SECRET, "catalogue", role) for role in migrations.ROLES}
    assert len({address.partition("@")[0].rpartition(":")[2] for address in addresses}) == len(migrations.ROLES)
    assert not any("tiptoe" in address for address in addresses)
    assert migrations.dsn(SECRET, "catalogue", "app") in addresses

"""Every setting of partners: those that all services share, and its own."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, IPvAnyNetwork, field_validator, model_validator

from common.settings import Port, Positive, Seconds
from common.settings import Settings as Shared


class Settings(Shared):
    """What partners takes from its environment."""

    signing_keys_file: Path = Field(description="The keys that sign tokens; made on first use in development.")
    webhook_sealing_keys_file: Path = Field(
        description="Keys that seal secrets we must read again, one a line, the newest first; made in development."
    )
    operator_secret_file: Path | None = Field(
        None, description="The secret of the client `operator`; without a file it is shut out."
    )

    webhook_allowed_networks: tuple[IPvAnyNetwork, ...] = Field(
        (), description="Networks that webhooks may go to beside the public internet; a sandbox only."
    )
    webhook_allowed_ports: tuple[Port, ...] = Field((), description="Ports beside 443; a sandbox only.")
    webhook_ca_file: Path | None = Field(None, description="An authority beside the public ones; a sandbox only.")
    webhook_own_names: tuple[str, ...] = Field((), description="Our own names: no webhook comes back to us.")
    webhook_name_servers: tuple[str, ...] = Field(
        (), description="Asked for receivers' addresses in place of this machine's own; `address` or `address:port`."
    )
    webhook_deadline_s: Seconds = Field(15.0, description="For one attempt, from the name to the end of the answer.")
    webhook_lease_s: Seconds = Field(20.0, description="How long a worker may hold a delivery; more than the deadline.")
    webhook_slots: Positive = Field(64, description="Deliveries under way at once in a worker.")
    webhook_retry_delays_s: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400),
        description="After each failure of a delivery; after the last it is dead.",
    )
    webhook_sweep_every_s: Seconds = Field(5.0, description="Between two looks at leases, failing endpoints, orphans.")
    webhook_challenge_poll_s: Seconds = Field(0.1, description="Between two looks for endpoints to verify.")

    @field_validator(
        "webhook_allowed_networks",
        "webhook_allowed_ports",
        "webhook_own_names",
        "webhook_name_servers",
        "webhook_retry_delays_s",
        mode="before",
    )
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Read a list as an environment can hold one: comma-separated."""
        return [one.strip() for one in value.split(",")] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _guarded_in_production(self) -> Self:
        widened = self.webhook_allowed_networks or self.webhook_allowed_ports or self.webhook_ca_file
        if widened and self.environment == "production":
            raise ValueError(
                "WEBHOOK_ALLOWED_NETWORKS, WEBHOOK_ALLOWED_PORTS and WEBHOOK_CA_FILE are refused with "
                "ENVIRONMENT=production: webhooks go to public addresses, on port 443, under public authorities."
            )
        return self

    @model_validator(mode="after")
    def _lease_outlives_the_deadline(self) -> Self:
        if self.webhook_lease_s <= self.webhook_deadline_s:
            raise ValueError("WEBHOOK_LEASE_S must be more than WEBHOOK_DEADLINE_S.")
        return self

"""What every service takes from its environment; a service adds its own fields in its `settings`.

Read once, by `main`.  A wrong environment is refused at start with every mistake named, and no value quoted.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Port = Annotated[int, Field(ge=0, le=65_535)]
Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseModel):
    """The settings that all services share; a name in the environment is the field's name in capitals."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    environment: Literal["production", "development"] = Field("production", description="What may be relaxed: nothing.")
    sandbox: bool = Field(
        default=False, description="Accept Sandbox-Date and the sandbox's routes; never in production."
    )

    service_host: str = Field("127.0.0.1", description="The address that both processes listen on.")
    api_port: Port = Field(8000, description="The API process's port.")
    worker_port: Port = Field(8001, description="The worker's port: health and metrics only.")

    database_url: SecretStr = Field(description="This service's schema, as its role <service>_app.")
    relay_database_url: SecretStr = Field(SecretStr(""), description="As <service>_relay, for workers.")
    housekeeper_database_url: SecretStr = Field(SecretStr(""), description="As <service>_housekeeper, for workers.")
    pool_min: Annotated[int, Field(ge=0)] = Field(1, description="Connections kept open by a process.")
    pool_max: Positive = Field(8, description="Connections that a process opens at most; 4 to 10 fill a core.")
    kafka_bootstrap_servers: str = Field("127.0.0.1:9092", description="Brokers, comma-separated.")
    kafka_client: Literal["aiokafka", "confluent"] = Field("aiokafka", description="What services speak to them with.")

    consumer_member: str = Field("1", description="This worker's name in its consumer groups; another for each worker.")
    consumer_batch_records_max: Positive = Field(10_000, description="Records applied in one transaction, at most.")
    housekeeping_every_s: Seconds = Field(
        600.0, description="Between two looks at what is old: the outbox's partitions, kept answers."
    )
    checkpoint_every_s: Seconds = Field(
        60.0, description="Between two checkpoints of this service, at least: what it holds, for those who compare."
    )

    token_issuer: str = Field(description="The only issuer whose tokens are believed.")
    token_audience: str = Field("api", description="What a token must have been issued for.")
    jwks_url: str = Field(description="Where the issuer publishes its keys.")
    jwks_file: Path | None = Field(None, description="Where the last good key set is kept.")

    otlp_endpoint: str = Field("", description="Where spans are sent (OTLP over HTTP); empty: nowhere.")
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = Field(0.05, description="Of traces that begin here.")
    log_format: Literal["json", "console"] = Field("json", description="For machines or for people.")

    deadline_s: Seconds = Field(
        4.5, description="Until a request's answer must have begun; less than the gateway's 5 s."
    )
    body_bytes_max: Positive = Field(256 * 1024, description="Of a request, announced or not.")
    requests_max: Positive = Field(64, description="In hand at once; one more is refused with 503, at once.")
    connections_max: Positive = Field(1024, description="Open at once, the server's last line of defence.")
    keep_alive_s: Seconds = Field(
        75.0, description="An idle connection's; far more than the gateway's 4 s, which is always the first to leave."
    )
    drain_s: Annotated[float, Field(ge=0)] = Field(2.5, description="Unready before closing: the gateway must notice.")
    stop_s: Positive = Field(20, description="For what is in hand to finish once told to stop.")

    @model_validator(mode="after")
    def _no_sandbox_in_production(self) -> Self:
        if self.sandbox and self.environment == "production":
            raise ValueError("SANDBOX=1 is refused with ENVIRONMENT=production: a sandbox moves its own clock.")
        return self

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Take what is ours from the environment; an empty value counts as absent."""
        return cls.model_validate({name.lower(): value for name, value in environ.items() if value})

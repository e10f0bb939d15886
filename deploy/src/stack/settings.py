"""What the gateway takes from its environment.  The services' own settings are in each service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from stack.gateway import Address, Gateway, Limits

Port = Annotated[int, Field(ge=1, le=65_535)]
Positive = Annotated[int, Field(ge=1)]


class GatewaySettings(BaseModel):
    """A name in the environment is the field's name in capitals; addresses are `host:port`, comma-separated."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    gateway_listen: str = Field("127.0.0.1", description="The address that the gateway listens on.")
    gateway_port: Port = Field(8443, description="Its port.")
    gateway_admin_port: Port = Field(9901, description="Envoy's own port, on loopback; never published.")
    gateway_tls_certificate: Path | None = Field(None, description="Certificate chain; without it, plain HTTP.")
    gateway_tls_key: Path | None = Field(None, description="The certificate's key.")
    gateway_trusted_hops: Annotated[int, Field(ge=0)] = Field(0, description="Balancers of ours in front of it.")
    gateway_rate_per_s: Positive = Field(20, description="Requests a second, for one client.")
    gateway_rate_burst: Positive = Field(40, description="The same, at once.")
    gateway_token_rate_per_s: Positive = Field(5, description="Token requests a second, from one address.")
    gateway_token_rate_burst: Positive = Field(20, description="The same, at once.")
    gateway_rate_all_per_s: Positive = Field(2000, description="Requests a second, for the whole gateway.")
    gateway_requests_max: Positive = Field(16, description="In hand for each API process: twice its POOL_MAX.")

    actions_addresses: str = Field("actions:8000", description="Where the API processes of `actions` are.")
    partners_addresses: str = Field("partners:8000", description="The same for `partners`.")
    catalogue_addresses: str = Field("catalogue:8000", description="The same for `catalogue`.")
    reporting_addresses: str = Field("reporting:8000", description="The same for `reporting`.")

    token_issuer: str = Field(description="The only issuer whose tokens are believed.")
    token_audience: str = Field("api", description="What a token must have been issued for.")
    sandbox: bool = Field(default=False, description="Lead to the sandbox's routes; never in production.")
    otlp_endpoint: str = Field("", description="Where spans are sent (OTLP over HTTP); empty: nowhere.")
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = Field(0.05, description="Of traces that begin here.")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Take what is ours from the environment; an empty value counts as absent."""
        return cls.model_validate({name.lower(): value for name, value in environ.items() if value})

    def gateway(self) -> Gateway:
        """Describe the gateway that these settings ask for."""
        tls = self.gateway_tls_certificate, self.gateway_tls_key
        return Gateway(
            listen=self.gateway_listen,
            port=self.gateway_port,
            admin_port=self.gateway_admin_port,
            tls=(tls[0], tls[1]) if tls[0] and tls[1] else None,
            trusted_hops=self.gateway_trusted_hops,
            client=Limits(per_s=self.gateway_rate_per_s, burst=self.gateway_rate_burst),
            token_endpoint=Limits(per_s=self.gateway_token_rate_per_s, burst=self.gateway_token_rate_burst),
            all_per_s=self.gateway_rate_all_per_s,
            requests_max=self.gateway_requests_max,
            services={
                "actions": _addresses(self.actions_addresses),
                "partners": _addresses(self.partners_addresses),
                "catalogue": _addresses(self.catalogue_addresses),
                "reporting": _addresses(self.reporting_addresses),
            },
            issuer=self.token_issuer,
            audience=self.token_audience,
            sandbox=self.sandbox,
            otlp_endpoint=self.otlp_endpoint or None,
            sample_ratio=self.trace_sample_ratio,
        )


def _addresses(text: str) -> list[Address]:
    pairs = (word.strip().rpartition(":") for word in text.split(","))
    return [(host, int(port)) for host, _, port in pairs]

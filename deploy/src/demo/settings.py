"""Where the demonstration finds the house; the launcher says it in the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class NoHouse(Exception):
    """Nobody has said where the house is."""


class Settings(BaseModel):
    """A name in the environment is the field's name in capitals."""

    model_config = ConfigDict(frozen=True)

    gateway_url: str = Field(description="Where the API is.")
    operator_secret_file: Path = Field(description="The secret of the client `operator`.")
    kafka_bootstrap_servers: str = Field(description="Where the public topics are.")
    receiver_port: Annotated[int, Field(ge=1, le=65_535)] = Field(description="Where webhooks may be sent to.")
    receiver_certificate: Path = Field(description="What the receiver proves itself with.")
    receiver_key: Path = Field(description="The certificate's key.")
    receiver_folder: Path = Field(description="Where the receiver keeps what it was sent.")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Take what is ours from the environment.

        Raises:
            NoHouse: it does not say where the house is.
        """
        try:
            return cls.model_validate({name.lower(): value for name, value in environ.items() if value})
        except ValidationError as error:
            missing = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
            raise NoHouse(f"The environment lacks {missing}: `make demo` sets it.") from error

    def operator_secret(self) -> str:
        return self.operator_secret_file.read_text(encoding="ascii").strip()

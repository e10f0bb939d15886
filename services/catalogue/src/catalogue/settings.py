"""Every setting of the catalogue: those that all services share."""

from common.settings import Settings as Shared


class Settings(Shared):
    """What the catalogue takes from its environment."""

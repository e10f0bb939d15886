"""The HTTP door of partners.  One request is one verb in one transaction."""

from partners.api import (
    clients,
    coordinations,
    deliveries,
    documents,
    endpoints,
    organisations,
    rules,
    territories,
    tokens,
)

routers = (
    tokens.router,
    clients.router,
    territories.router,
    organisations.router,
    coordinations.router,
    endpoints.router,
    deliveries.router,
    documents.router,
    rules.router,
)

"""The HTTP door of the catalogue.  One request is one verb in one transaction."""

from catalogue.api import copies, films, lists, rights

routers = (films.router, rights.router, copies.router, lists.router)

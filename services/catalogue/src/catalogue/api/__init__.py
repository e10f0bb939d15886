"""The HTTP door of the catalogue.  One request is one verb in one transaction."""

from catalogue.api import changes, copies, films, lists, provenance, rights

routers = (changes.router, films.router, provenance.router, rights.router, copies.router, lists.router)
"""`/v1/films/changes` goes before `/v1/films/{film_id}`."""

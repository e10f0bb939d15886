"""The HTTP door of the catalogue.  One request is one verb in one transaction."""

from catalogue.api import changes, copies, facets, films, lists, provenance, rights, themes

routers = (
    *(changes.router, facets.router, themes.router, films.router, provenance.router),
    *(rights.router, copies.router, lists.router),
)
"""What has a name under `/v1/films` goes before `/v1/films/{film_id}`."""

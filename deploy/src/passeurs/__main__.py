"""python -m passeurs."""

from passeurs.cli import app

app()

"""What the catalogue does without being asked over HTTP or Kafka: files taken in by command."""

from catalogue.jobs.imports import account, import_films

__all__ = ["account", "import_films"]

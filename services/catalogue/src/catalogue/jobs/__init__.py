"""What the catalogue does without being asked over HTTP or Kafka: files taken in by command."""

"""What partners asks of the world outside: webhook receivers, and the files that hold its keys."""

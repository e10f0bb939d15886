"""The clock's door and the operator's: what time decides, what waits to be judged, what is taken in by command."""

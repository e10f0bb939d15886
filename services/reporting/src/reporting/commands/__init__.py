"""The verbs of reporting: count what is heard, learn what codes are called, announce, close days, answer, compare."""

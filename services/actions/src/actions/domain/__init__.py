"""What campaigns, projects, actions and reports are, and what may happen to them.  Pure: no clock, no database.

The nouns are frozen dataclasses (`campaign`, `project`, `action`, `report`, and their parts).  A verb is a function of
its noun that answers the new state and the facts that made it, or raises a refusal (`refusals`); each fact moves the
version by one.  Time, ids and what other services know (`known`) come in as arguments.
"""

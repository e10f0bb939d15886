"""What feeds of calendars show, by whose it is: sessions by day, and actions with sessions still to come.

What is withheld from the reader is left out before anything could tell of it; of held sessions of a closed circuit,
whoever's site it is tells nothing either (R41).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from actions.domain.action import Action
from actions.domain.events import Occasion
from actions.domain.feed import Subject
from actions.store.actions import COLUMNS, NESTED
from actions.store.sessions import SHOWN
from common import rows
from common.contracts.actions import ActionStatus, ActionType, ClosedCircuit, SessionStatus
from common.database import Transaction

_OF_COORDINATION = "action.coordination_id = $1::uuid"
_OF_ORGANISATION = """
    $1::uuid = ANY (action.parties)
    AND NOT (withheld(action) AND coalesce(action.site_authority_id = $1::uuid, false))
"""
_OF_COMMUNE = "session.municipality = $1::text"

_LISTED = rows.listed([f"action.{column}" for column in COLUMNS])
_SESSIONS = f"""
    SELECT session.id, session.action_id, action.version, action.changed_at, action.action_type,
           action.state AS action_state, action.title, session.state, session.held_on, session.starts_at, session.zone,
           session.minutes, coalesce(commune.name, session.municipality) AS commune, session.label,
           ARRAY(SELECT item ->> 'title'
                   FROM jsonb_array_elements(action.sessions) AS one, jsonb_array_elements(one -> 'programme') AS item
                  WHERE one ->> 'id' = session.id::text) AS films,
           action.closed_circuit, withheld(action) AS withheld
      FROM session
      JOIN action ON action.id = session.action_id
      LEFT JOIN known_municipality AS commune
             ON commune.vintage = action.campaign_year AND commune.code = session.municipality
     WHERE session.held_on BETWEEN $2 AND $3
       AND {SHOWN}
       AND
"""
_LATEST_FIRST = " ORDER BY session.held_on DESC, session.id DESC LIMIT $4"
_ACTIONS = f"""
    SELECT {_LISTED}
      FROM action
      JOIN LATERAL (SELECT min(session.held_on) AS day
                      FROM session
                     WHERE session.action_id = action.id AND session.state = 'planned'
                       AND session.held_on BETWEEN $2 AND $3 AND
"""
_SOONEST_FIRST = """
                   ) AS coming ON coming.day IS NOT NULL
     WHERE action.project_state NOT IN ('rejected', 'ineligible', 'withdrawn') AND NOT withheld(action)
     ORDER BY coming.day, action.id
     LIMIT $4
"""

_BY_DAY: Mapping[str, str] = {
    "coordination_id": f"{_SESSIONS} {_OF_COORDINATION} {_LATEST_FIRST}",
    "organisation_id": f"{_SESSIONS} {_OF_ORGANISATION} {_LATEST_FIRST}",
    "municipality": f"{_SESSIONS} {_OF_COMMUNE} {_LATEST_FIRST}",
}
_COMING: Mapping[str, str] = {
    "coordination_id": f"{_ACTIONS} {_OF_COORDINATION} {_SOONEST_FIRST}",
    "organisation_id": f"{_ACTIONS} {_OF_ORGANISATION} {_SOONEST_FIRST}",
    "municipality": f"{_ACTIONS} {_OF_COMMUNE} {_SOONEST_FIRST}",
}
"""One statement for each kind of subject: each is planned for itself."""


async def occasions(
    tx: Transaction, subject: Subject, *, first_on: date, last_on: date, limit: int
) -> Sequence[Occasion]:
    """Read the sessions of a subject between two days, the latest first."""
    kind, whose = _whose(subject)
    return [_occasion(row) for row in await tx.fetch(_BY_DAY[kind], whose, first_on, last_on, limit)]


async def coming(tx: Transaction, subject: Subject, *, first_on: date, last_on: date, limit: int) -> Sequence[Action]:
    """Read the actions of a subject that have sessions to come between two days, the soonest first."""
    kind, whose = _whose(subject)
    found = await tx.fetch(_COMING[kind], whose, first_on, last_on, limit)
    return [rows.restored(Action, row, NESTED) for row in found]


def _whose(subject: Subject) -> tuple[str, UUID | str]:
    named: Mapping[str, UUID | str | None] = {
        "coordination_id": subject.coordination_id,
        "organisation_id": subject.organisation_id,
        "municipality": subject.municipality,
    }
    return next((kind, whose) for kind, whose in named.items() if whose is not None)


def _occasion(row: asyncpg.Record) -> Occasion:
    kind = row["closed_circuit"]
    given = {
        **row,
        "action_type": ActionType(row["action_type"]),
        "action_state": ActionStatus(row["action_state"]),
        "state": SessionStatus(row["state"]),
        "films": tuple(row["films"]),
        "closed_circuit": None if kind is None else ClosedCircuit(kind),
    }
    return Occasion(**given)

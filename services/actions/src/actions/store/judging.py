"""Actions that are to be judged again: asked for by what changed, taken one by one.

(1) Who asks adds a row in the transaction that changes what rules look at, and waits for nobody.  Who judges takes away
    the rows it sees, in the transaction that flags the action: a change that was not committed yet has a row that it
    does not see, and is judged once more.
(2) A request that was made for other deadlines says what they were and what they are: each change of them is told of
    once, whatever the campaign says by the time that somebody judges.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from actions.domain.campaign import Campaign, DeadlinesMoved
from common.contracts.actions import AuthorisationDeadline
from common.database import Transaction

Deadlines = tuple[AuthorisationDeadline, ...]


async def ask(tx: Transaction, action_id: UUID) -> None:
    """Have one action judged again."""
    await tx.execute("INSERT INTO to_judge (action_id) VALUES ($1)", action_id)


async def ask_by_film(tx: Transaction, film_id: UUID) -> None:
    """Have the actions judged again that plan to show a film, or one that was merged into it.

    And the organiser's other paid screenings of that year: whether this one is a feature, hence counts before them,
    is the film's to say (R07).
    """
    await tx.execute(
        """
        WITH showing AS (
          SELECT action_id, organiser_id, regime, state, held_on
            FROM session
           WHERE film_ids && (ARRAY[$1::uuid] || ARRAY(SELECT film_id FROM merged_film WHERE into_id = $1))
             AND state <> 'cancelled'
        )
        INSERT INTO to_judge (action_id)
        SELECT action_id FROM showing WHERE state = 'planned'
         UNION
        SELECT other.action_id
          FROM showing
          JOIN session AS other
            ON other.organiser_id = showing.organiser_id
           AND other.held_on BETWEEN make_date(extract(year FROM showing.held_on)::integer, 1, 1)
                                 AND make_date(extract(year FROM showing.held_on)::integer, 12, 31)
         WHERE showing.regime = 'nc_association_paid' AND other.regime = 'nc_association_paid'
           AND other.state = 'planned'
        """,
        film_id,
    )


async def ask_by_workshop(tx: Transaction, action_id: UUID) -> None:
    """Have the actions judged again that plan to show a film made in this one, whosever they are (R40)."""
    await tx.execute("SELECT judge_films_of($1)", action_id)


async def ask_by_school_groups(tx: Transaction) -> None:
    """Have the actions judged again to which a class is to come with its school."""
    await tx.execute(
        """
        INSERT INTO to_judge (action_id)
        SELECT id FROM action WHERE sessions @> '[{"school_group": true, "state": "planned"}]'
        """
    )


async def ask_by_offer(tx: Transaction, offer_id: UUID) -> None:
    """Have the actions judged again whose rights were agreed on an offer."""
    await tx.execute(
        """
        INSERT INTO to_judge (action_id)
        SELECT DISTINCT action_id FROM session WHERE offer_ids @> ARRAY[$1::uuid] AND state = 'planned'
        """,
        offer_id,
    )


async def ask_by_copy(tx: Transaction, copy_id: UUID) -> None:
    """Have the actions judged again that are to be shown from a copy."""
    await tx.execute(
        """
        INSERT INTO to_judge (action_id)
        SELECT DISTINCT action_id
          FROM lending
          JOIN session ON session.id = lending.session_id
         WHERE lending.copy_id = $1 AND session.state = 'planned'
        """,
        copy_id,
    )


async def ask_by_organisation(tx: Transaction, organisation_id: UUID) -> None:
    """Have the actions judged again that an organisation organises."""
    await tx.execute(
        """
        INSERT INTO to_judge (action_id)
        SELECT DISTINCT action_id FROM session WHERE organiser_id = $1 AND state = 'planned'
        """,
        organisation_id,
    )


async def ask_by_campaign(tx: Transaction, campaign: Campaign, moved: DeadlinesMoved | None) -> None:
    """Have the actions of a campaign judged again whose sessions are still to come; `moved`: by these deadlines.

    The number of its rule set tells which change of several was the last.
    """
    deadlines = (None, None) if moved is None else (_written(moved.before), _written(moved.after))
    await tx.execute(
        """
        INSERT INTO to_judge (action_id, rules_number, deadlines_before, deadlines_after)
        SELECT DISTINCT action_id, $2::integer, $3::jsonb, $4::jsonb
          FROM session
          JOIN action ON action.id = session.action_id
         WHERE action.campaign_id = $1 AND session.state = 'planned'
        """,
        campaign.id,
        None if moved is None else campaign.rules.number,
        *deadlines,
    )


async def waiting(tx: Transaction, *, limit: int) -> Sequence[UUID]:
    """List actions that wait, those that have waited longest first."""
    found = await tx.fetch(
        "SELECT action_id FROM to_judge GROUP BY action_id ORDER BY min(since), action_id LIMIT $1", limit
    )
    return [row["action_id"] for row in found]


async def put_back(tx: Transaction, action_id: UUID) -> None:
    """Let the others go first."""
    await tx.execute("UPDATE to_judge SET since = now() WHERE action_id = $1", action_id)


async def take(tx: Transaction, action_id: UUID) -> DeadlinesMoved | None:
    """Take the requests for an action away: they are done when the transaction is.

    What they say of deadlines is one change: from before the first of them to after the last.
    """
    found = await tx.fetch(
        "DELETE FROM to_judge WHERE action_id = $1 RETURNING rules_number, deadlines_before, deadlines_after", action_id
    )
    changes = [row for row in found if row["rules_number"] is not None]
    return _joined(sorted(changes, key=lambda row: row["rules_number"])) if changes else None


def _joined(changes: Sequence[asyncpg.Record]) -> DeadlinesMoved:
    first, last = changes[0], changes[-1]
    return DeadlinesMoved(before=_read(first["deadlines_before"]), after=_read(last["deadlines_after"]))


def _written(deadlines: Deadlines) -> str:
    return msgspec.json.encode(deadlines).decode()


def _read(text: str) -> Deadlines:
    return msgspec.json.decode(text, type=Deadlines)

"""When a key opens a copy (C02), whether it is what was planned (C03), and what both do to plans and obligations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.domain.obligations import obligations
from actions.domain.risk import judge_risks
from actions.domain.unlawful import CopyNotKnownYet
from common.contracts.actions import ClearanceStatus, ObligationKind, Support
from common.contracts.catalogue import CopyFormat, CopyKey, FilmVersion
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import lendings as q
from tests.unit.actions import pieces as p

SESSION = p.an_id("A2-1")
ENCRYPTED = q.a_copy(encrypted=True)
WISH = q.a_wish("2025-07-18", "22:15", minutes=76)  # to 23:31; a key opens it from 16:15 to 00:31
COVERS = q.a_key("2025-07-18 16:15", "2025-07-19 00:31")


def outcome(*keys: CopyKey, wish: q.Wish = WISH, **said: Any) -> Outcome | None:
    found = q.judged(wish, replace(ENCRYPTED, keys=keys, **said)).get("C02")
    return None if found is None else found.verdict.outcome


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ("2025-07-18 16:15", "2025-07-19 00:31", Outcome.ALLOWED),
        ("2025-07-18 16:16", "2025-07-19 00:31", Outcome.REFUSED),
        ("2025-07-18 16:15", "2025-07-19 00:30", Outcome.REFUSED),
        ("2025-07-11 10:00", "2025-07-18 22:00", Outcome.REFUSED),
        ("2025-07-19 00:00", "2025-07-25 00:00", Outcome.REFUSED),
    ],
    ids=["just enough", "opens late", "closes early", "closes before", "opens after"],
)
def test_c02_a_key_opens_six_hours_before_and_closes_an_hour_after(opens: str, closes: str, said: Outcome):
    assert outcome(q.a_key(opens, closes)) is said


def test_c02_only_what_is_encrypted_needs_a_key_and_before_one_is_issued_nobody_says_no():
    assert outcome(encrypted=False) is None
    assert outcome() is Outcome.TO_CLEAR
    assert "C02" not in [rule for rule, one in q.judged(WISH, ENCRYPTED).items() if one.refusal is not None]


def test_c02_two_keys_that_together_cover_a_session_open_it_neither():
    halves = q.a_key("2025-07-18 10:00", "2025-07-18 23:00"), q.a_key("2025-07-18 22:00", "2025-07-19 10:00")
    assert outcome(*halves) is Outcome.REFUSED
    assert outcome(*halves, COVERS) is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ({}, Outcome.ALLOWED),
        ({"municipality": q.POITIERS}, Outcome.ALLOWED),
        ({"municipality": q.BUXEROLLES}, Outcome.TO_CLEAR),
        ({"session_id": WISH.id}, Outcome.ALLOWED),
        ({"session_id": p.an_id("another")}, Outcome.TO_CLEAR),
        ({"session_id": WISH.id, "municipality": q.BUXEROLLES}, Outcome.TO_CLEAR),
    ],
    ids=["anywhere", "here", "elsewhere", "this session", "another session", "this session, elsewhere"],
)
def test_c02_a_key_is_for_the_session_and_the_commune_that_it_names(meant: dict[str, Any], said: Outcome):
    assert outcome(replace(COVERS, **meant)) is said


def test_c02_a_key_for_another_session_refuses_nothing():
    early = replace(q.a_key("2025-04-01 10:00", "2025-04-02 10:00"), session_id=p.an_id("another"))
    assert outcome(early) is Outcome.TO_CLEAR
    assert outcome(replace(early, session_id=None)) is Outcome.REFUSED


KEYS = st.builds(
    lambda opens, hours: CopyKey(
        id=UUID(int=1),
        screen="1",
        opens_at=datetime(2025, 3, 27, tzinfo=UTC) + timedelta(hours=opens),
        closes_at=datetime(2025, 3, 27, tzinfo=UTC) + timedelta(hours=opens + hours),
    ),
    st.integers(0, 96),
    st.integers(1, 72),
)


@settings(max_examples=200, deadline=None)
@given(wish=q.WISHES, keys=st.lists(KEYS, min_size=1, max_size=3))
def test_c02_one_key_is_open_at_every_minute_from_loading_to_the_late_end(wish: q.Wish, keys: list[CopyKey]):
    copy = q.a_copy(encrypted=True, id=wish.copy_id, keys=tuple(keys))
    said = q.judged(wish, copy)["C02"].verdict

    def opened(one: q.Wish) -> bool:
        local = datetime.combine(one.held_on, one.starts_at).replace(tzinfo=ZoneInfo(one.zone))
        first = local.astimezone(UTC) - timedelta(hours=6)
        minutes = [first + timedelta(minutes=n) for n in range(6 * 60 + one.minutes + 60 + 1)]
        return any(all(key.opens_at <= minute <= key.closes_at for minute in minutes) for key in keys)

    assert (said.outcome is Outcome.ALLOWED) is opened(wish)
    if said.outcome is Outcome.REFUSED:
        later = [replace(wish, held_on=wish.held_on + timedelta(days=n)) for n in range(1, 12)]
        assert said.first_lawful_on == next((one.held_on for one in later if opened(one)), said.first_lawful_on)
        assert said.first_lawful_on is None or opened(replace(wish, held_on=said.first_lawful_on))


# ------------------------------------------------------------------------------------------------- as planned


@pytest.mark.parametrize(
    ("copy", "programme", "says"),
    [
        ({}, {}, None),
        ({"film_id": p.SHORT.id}, {}, "another film's"),
        ({"film_version": FilmVersion.VF}, {"version": FilmVersion.VF}, None),
        ({"film_version": FilmVersion.VF}, {}, None),
        ({}, {"version": FilmVersion.VF}, None),
        ({"film_version": FilmVersion.VF}, {"version": FilmVersion.VOSTFR}, "in vf, and vostfr is planned"),
        ({"format": CopyFormat.FILM_35MM}, {"support": Support.FILM_REEL}, None),
        ({"format": CopyFormat.FILM_35MM}, {}, "film_35mm, and dcp is planned"),
        ({"withdrawn": True}, {}, "withdrawn"),
    ],
)
def test_c03_a_copy_that_is_not_what_was_planned_is_looked_at(copy, programme, says):
    found = q.judged(WISH, q.a_copy(**copy), **programme)["C03"]
    assert found.refusal is None
    assert (found.verdict.outcome is Outcome.ALLOWED) is (says is None)
    assert says is None or says in found.verdict.reason


def test_c03_a_copy_that_was_withdrawn_cannot_be_asked_for():
    found = q.judged(WISH, q.a_copy(withdrawn=True), asked_on=p.day("2025-05-01"))["C03"]
    assert found.verdict.outcome is Outcome.REFUSED
    assert p.there(found.refusal).code == "copy-no-longer-lent"


# ------------------------------------------------------------------------------------ in an action's own course


def with_copy(dossier: a.Dossier) -> a.Dossier:
    """Have the feature of dossier A shown from a copy."""
    (session,) = dossier.screening.sessions
    linda, short = session.programme
    programme = (replace(linda, copy_id=ENCRYPTED.id), short)
    return dossier.having(screening=replace(dossier.screening, sessions=(replace(session, programme=programme),)))


def risks(dossier: a.Dossier, **said: Any) -> list[str]:
    given = replace(dossier.given, copies={ENCRYPTED.id: replace(ENCRYPTED, **said)})
    return [one.verdict.rule for one in judge_risks(dossier.screening, given).findings]


@pytest.mark.parametrize("announced", [False, True])
def test_a_copy_withdrawn_or_a_key_revoked_is_a_risk_and_a_key_not_issued_yet_is_none(announced: bool):
    dossier = with_copy(a.screening_scheduled(a.a_ready()) if announced else a.screening_planned(a.a_funded()))
    key = q.a_key("2025-07-17 10:00", "2025-07-20 10:00")
    assert risks(dossier) == []
    assert risks(dossier, keys=(key,)) == []
    assert risks(dossier, keys=(replace(key, revoked=True),)) == ["C02"]
    assert risks(dossier, keys=(replace(key, revoked=True), replace(key, id=p.an_id("other")))) == []
    assert risks(dossier, keys=(q.a_key("2025-07-17 10:00", "2025-07-18 23:00"),)) == ["C02"]
    assert risks(dossier, withdrawn=True) == ["C03"]
    assert risks(dossier, film_id=p.SHORT.id) == ["C03"]


def test_o06_the_material_is_there_once_its_key_opens_the_session():
    dossier = with_copy(a.screening_planned(a.a_funded()))
    received = tuple(replace(one, state=ClearanceStatus.MATERIAL_RECEIVED) for one in dossier.screening.clearances)
    dossier = dossier.having(screening=replace(dossier.screening, clearances=received))
    wide = q.a_key("2025-07-17 10:00", "2025-07-20 10:00")
    for keys, settled in (
        ((), False),
        ((wide,), True),
        ((replace(wide, revoked=True),), False),
        ((q.a_key("2025-07-17 10:00", "2025-07-18 23:00"),), False),
    ):
        given = replace(dossier.given, copies={ENCRYPTED.id: replace(ENCRYPTED, keys=keys)})
        found = [one for one in obligations(dossier.screening, given) if one.kind is ObligationKind.MATERIAL]
        assert {one.film_id: one.settled for one in found} == {p.LINDA.id: settled, p.SHORT.id: True}
        assert {one.due_on for one in found} == {p.day("2025-07-11")}


def test_a_copy_that_was_not_heard_of_has_the_request_come_again():
    dossier = with_copy(a.screening_planned(a.a_funded()))
    with pytest.raises(CopyNotKnownYet):
        judge_risks(dossier.screening, dossier.given)

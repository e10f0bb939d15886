"""Which clock is read where: every one has a name that the machine knows, and a region its département's."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from actions.domain import lifecycle, zones
from actions.domain.coordinates import OVERSEAS
from actions.domain.lifecycle import NewDay
from common.contracts.actions import Cause
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p


def test_l02_every_place_overseas_that_is_on_the_map_has_a_clock_of_its_own():
    assert set(OVERSEAS) <= set(zones.OF_DEPARTMENTS)
    for zone in zones.OF_DEPARTMENTS.values():
        assert ZoneInfo(zone).key == zone


def test_l02_a_region_overseas_has_the_clock_of_its_only_departement_and_all_others_that_of_paris():
    departments = ("971", "972", "973", "974", "976")
    assert list(zones.OF_REGIONS.values()) == [zones.of_department(one) for one in departments]
    assert {zones.of_department("86"), zones.of_department("2A"), zones.of_region("75")} == {"Europe/Paris"}


def test_l02_a_session_that_moves_into_a_room_elsewhere_is_held_by_that_room_s_clock():
    room = replace(p.ROOM, department="974")
    dossier = a.screening_scheduled(a.a_ready())
    places = (*dossier.screening.places, room)
    (session,) = dossier.screening.sessions
    screening = replace(dossier.screening, places=places, sessions=(replace(session, fallback_place_id=room.id),))
    put_off, _ = lifecycle.postpone(screening, Cause.WEATHER, (), at=p.at("2025-07-18 17:00"))
    days = [NewDay(session_id=session.id, held_on=p.day("2025-07-25"), indoors=True)]
    judged = lifecycle.judge_reschedule(put_off, days, dossier.given)
    assert [one.zone for one in judged.sessions] == ["Indian/Reunion"]

"""How Debezium is set up beside our relay: to take the same rows to the same places, tuned or as it comes."""

from pathlib import Path

import pytest

from bench import debezium, peers
from bench.debezium import Tuning
from bench.figures import Measured
from bench.rig import TOPICS, NotMeasured

ADDRESS = "postgresql://postgres:p%3Ass@127.0.0.1:5499/bench_1"


def a_turn(**figures: float) -> dict[str, float]:
    return {"lost": 0, "row_to_consumer_1000.p50_ms": 3, "drain.events_per_s": 90_000, **figures}


def test_it_reads_the_outbox_that_our_relay_reads() -> None:
    settings = debezium.connector(ADDRESS, Tuning(poll_ms=10))
    assert settings["database.password"] == "p:ss"
    assert (settings["database.port"], settings["database.dbname"]) == ("5499", "bench_1")
    assert settings["table.include.list"] == "catalogue.outbox"
    assert settings["transforms.router.route.by.field"] == "topic"
    assert settings["transforms.router.table.field.event.key"] == "key"


def test_it_publishes_beside_our_topics() -> None:
    replacement = debezium.connector(ADDRESS, Tuning())["transforms.router.route.topic.replacement"]
    assert [replacement.replace("${routedByValue}", name) for name in TOPICS] == [debezium.topic(t) for t in TOPICS]


def test_as_it_comes_it_is_not_tuned() -> None:
    tuned, as_it_comes = Tuning(poll_ms=1), Tuning()
    assert debezium.connector(ADDRESS, tuned)["poll.interval.ms"] == "1"
    assert debezium.TUNED.keys() | {"poll.interval.ms"} == {
        *(debezium.connector(ADDRESS, tuned).keys() - debezium.connector(ADDRESS, as_it_comes).keys())
    }
    here = Path("offsets")
    more = debezium.worker("broker:1", here, tuned).keys() - debezium.worker("broker:1", here, as_it_comes).keys()
    assert more == debezium.TUNED_WORKER.keys()
    assert (tuned.name, as_it_comes.name) == ("debezium_1", "debezium_defaults")


def test_a_properties_file_keeps_backslashes() -> None:
    assert debezium.rendered({"a": "b\\c", "d": "e=f"}) == "a=b\\\\c\nd=e=f\n"


def test_each_figure_of_a_peer_is_set_beside_ours() -> None:
    theirs = a_turn(**{"row_to_consumer_1000.p50_ms": 12, "drain.events_per_s": 30_000})
    told = {line.name: line for line in peers.beside({peers.OURS: [a_turn(), a_turn()], "debezium_10": [theirs]})}
    name = "row_to_consumer_1000.p50_ms"
    assert told[f"debezium_10.{name}"] == Measured(
        name=f"debezium_10.{name}", value=12, unit="ms", reference=f"relay.{name}", ratio=4
    )
    assert told["debezium_10.drain.events_per_s"].ratio == pytest.approx(0.33)
    assert told["relay.ahead_or_level"] == Measured(name="relay.ahead_or_level", value=3, unit="of 3 lines")


def test_what_is_lost_in_any_turn_is_told_and_puts_us_behind() -> None:
    told = {line.name: line for line in peers.beside({peers.OURS: [a_turn(lost=2), a_turn(lost=1)], "x": [a_turn()]})}
    assert (told["relay.lost"].value, told["x.lost"].value) == (3, 0)
    assert told["relay.ahead_or_level"].value == 2


def test_without_our_own_figures_there_is_nothing_to_compare() -> None:
    with pytest.raises(NotMeasured):
        peers.beside({peers.OURS: [], "debezium_10": [a_turn()]})

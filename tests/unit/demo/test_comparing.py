"""What came otherwise than a dossier says is told, with where it says so; what came as said is not."""

from decimal import Decimal
from typing import Any

import pytest

from demo.comparing import Played, compared, judged
from demo.dossier import Receiver, Step
from demo.figures import Numbers
from demo.gateway import Answer
from demo.ledger import Fact
from demo.letters import Letter

TRACE = "a" * 32
RECEIVERS = {
    "all": Receiver.model_validate({"client": "coordinator", "hears": "everything"}),
    "ville": Receiver.model_validate({"client": "ville", "hears": "listed"}),
    "other": Receiver.model_validate({"client": "other", "hears": "nothing"}),
}


def step(**then: object) -> Step:
    said = {"name": "held", "on": "2025-07-26T10:05:00+02:00", "by": "holder", "do": "action.hold"}
    return Step.model_validate({**said, "action": "screening", "then": then})


def a_fact(**changed: Any) -> Fact:
    said: dict[str, Any] = {
        "id": "e-1",
        "name": "action.held",
        "subject": "a-1",
        "version": 9,
        "epoch": 1,
        "trace": TRACE,
    }
    return Fact(**{**said, "campaign": "c-1", **changed})


def letter(**changed: Any) -> Letter:
    said: dict[str, Any] = {
        "path": "/run/all",
        "id": "e-1",
        "again": False,
        "type": "fr.passeursdimages.action.held.v1",
    }
    rest = {"subject": "a-1", "sequence": 1, "trace": TRACE, "received_at": 0.0}
    return Letter(**{**said, **rest, **changed})


def numbers(**nation: str) -> Numbers:
    return Numbers({name: Decimal(value) for name, value in nation.items()}, {})


def told(then: dict[str, object], **played: Any) -> list[str]:
    answer = Answer(200, {}, '"v9"', 0.0)
    came = Played(step=step(**then), trace=TRACE, answer=answer, **played)
    return [f"{'.'.join(map(str, part))}: {said}" for part, said in compared(came, RECEIVERS, {"b" * 32: "another"})]


def test_nothing_is_told_of_what_came_as_said():
    then = {"states": {"actions.screening": "held"}, "events": ["action.held"], "figures": {"I05": "+214"}}
    assert (
        told(
            {**then, "webhooks": {"ville": ["action.held"]}},
            states={"actions.screening": "held", "project": "funded"},
            moved={"actions.screening": ("scheduled", "held"), "sessions.evening": ("planned", "held")},
            facts=[a_fact()],
            before=numbers(I05="3"),
            after=numbers(I05="217"),
            letters={"all": [letter(), letter(again=True)], "ville": [letter(path="/run/ville")], "other": []},
        )
        == []
    )


@pytest.mark.parametrize(
    ("then", "played", "said"),
    [
        ({"states": {"project": "funded"}}, {"states": {"project": "draft"}}, "states.project: project is draft, not"),
        ({}, {"moved": {"project": ("draft", "submitted")}}, "states: project became submitted, which the file does"),
        ({"events": ["action.held"]}, {}, "events: action.held has not crossed Kafka."),
        ({}, {"facts": [a_fact()]}, "events: action.held has crossed Kafka, which the file does not say."),
        ({"figures": {"I05": "+214"}}, {}, "figures.I05: I05 has not changed."),
        ({}, {"after": numbers(I05="1")}, "figures: I05: +1, which the file does not say."),
        ({"figures": {"I05": "+2"}}, {"after": numbers(I05="1")}, "figures.I05: I05: +1, not +2."),
        (
            {"campaign": {"I18": "46.1"}},
            {"after": Numbers({}, {"I18": Decimal("46.2")})},
            "campaign.I18: I18: 46.2, not",
        ),
        ({"events": ["action.held"]}, {"facts": [a_fact(trace="c" * 32)]}, "events: action.held carries another trace"),
        (
            {"events": ["action.held"]},
            {"facts": [a_fact()], "letters": {"all": []}},
            "webhooks.all: action.held has not arrived at all.",
        ),
        (
            {"events": ["action.held"]},
            {"facts": [a_fact()], "letters": {"ville": [letter()]}},
            "webhooks.ville: action.held has arrived at ville, which the file does not say.",
        ),
        (
            {"events": ["action.held"]},
            {"facts": [a_fact()], "letters": {"other": [letter()]}},
            "webhooks.other: action.held has arrived at other, which the file does not say.",
        ),
        (
            {},
            {"letters": {"other": [letter(id="e-0", trace="b" * 32)]}},
            "webhooks.other: action.held arrived, which belongs to: another.",
        ),
        (
            {"events": ["action.held"]},
            {"facts": [a_fact()], "letters": {"all": [letter(trace="c" * 32)]}},
            "webhooks.all: action.held carries another trace",
        ),
    ],
)
def test_what_came_otherwise_is_told(then: dict[str, object], played: dict[str, object], said: str):
    assert [one for one in told(then, **played) if one.startswith(said)]


def refusal(status: int, code: str, rule: str | None = None) -> Answer:
    return Answer(status, {"code": code, "title": "No.", "status": status, "rule": rule}, None, 0.0)


@pytest.mark.parametrize(
    ("wanted", "came", "differs"),
    [
        (None, Answer(201, {}, None, 0.0), False),
        (None, refusal(409, "not-authorised", "R08"), True),
        ({"status": 409, "code": "not-authorised", "rule": "R08"}, refusal(409, "not-authorised", "R08"), False),
        ({"status": 409, "code": "not-authorised"}, refusal(409, "not-authorised", "R08"), False),
        ({"status": 409, "code": "not-authorised", "rule": "R12"}, refusal(409, "not-authorised", "R08"), True),
        ({"status": 409, "code": "permit-missing"}, refusal(409, "not-authorised"), True),
        ({"status": 409, "code": "not-authorised"}, Answer(200, {}, None, 0.0), True),
    ],
)
def test_a_refusal_is_the_one_that_was_wanted(wanted: object, came: Answer, *, differs: bool):
    said = step(refused=wanted) if wanted else step()
    assert bool(list(judged(said, came))) is differs


def test_a_refusal_leads_to_the_line_of_what_was_wrong():
    came = Answer(422, {"title": "No.", "errors": [{"pointer": "/lines/0/asked", "message": "Hm."}]}, None, 0.0)
    [(part, _)] = judged(step(), came)
    assert part == ("with", "lines", 0, "asked")

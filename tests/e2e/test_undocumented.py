"""A stranger's programme reads the documents and tries everything they allow, and much that they do not.

Whatever it tries, at each service and through the gateway, in every role: no 5xx, no status and no header that is not
documented, no body that is not as documented.  The same cases every time; `-m on_demand` tries many more.

Left out, with the reason:

- `positive_data_acceptance`: what is well-formed may still be refused by its sense (a code of no commune, a budget that
  does not balance, a version that has passed); test_refused_by_sense.py looks at these.
- `ignored_auth`: test_security.py walks every route with eight kinds of bad tokens.
- `use_after_free`, `ensure_resource_availability`, `object_level_authorization`: they look at sequences of requests,
  which this does not make; test_strangers.py and the dossiers do.
- the live streams: they have no end that a programme could wait for.
- the sandbox's timers with the right to run them: they would move the clock of everybody in this house.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CHECKS

from common.contracts.access import Role
from demo.letters import receiving
from demo.settings import Settings
from docs import house as documents
from tests.conftest import House
from tests.e2e.aiming import aimed, asker, number
from tests.e2e.doors import DOORS, Doors, Operation
from tests.e2e.people import Office
from tests.e2e.scene import Scene, set_up

Test = Callable[[Case, "Stranger"], None]

METHODS = {"get", "post", "put", "patch", "delete", "options", "trace"}
"""Where they are not documented they are not allowed.  HEAD may be answered wherever GET is; what the gateway's parser
does not know (QUERY) is refused with 400 before anybody can say more."""

CASES = 4
CASES_ON_DEMAND = 60
STREAMS = ["figure.stream", "public_figure.stream"]
LEFT_OUT = [
    *("positive_data_acceptance", "ignored_auth"),
    *("use_after_free", "ensure_resource_availability", "object_level_authorization"),
]
REFUSALS = ["400", "401", "403", "404", "405", "409", "412", "413", "422", "428"]
"""Any of them is an answer to a request that is wrong in several ways."""


@pytest.fixture(scope="module")
async def victims(house: House, office: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A scene of its own: what happens to it here matters to nobody."""
    folder = str(tmp_path_factory.mktemp("receiver"))
    settings_ = Settings.read({**house.environment, "RECEIVER_FOLDER": folder})
    async with receiving(settings_) as letterbox:
        made = await set_up(Office(office.gateway, office.operator), letterbox, settings_.receiver_port)
    yield made
    await made.subscription.remove()


@pytest.fixture(scope="module")
async def tokens(victims: Scene) -> Mapping[Role, str]:
    return {role: await victims.token(person) for role, person in victims.insiders().items()}


@pytest.fixture(scope="module")
def stranger(doors: Doors, victims: Scene, tokens: Mapping[Role, str]) -> Iterator["Stranger"]:
    with requests.Session() as session:
        yield Stranger(session, doors, victims, tokens)


class Stranger:
    """The programme: it asks at both doors, and compares the answers with the document."""

    def __init__(self, session: requests.Session, doors: Doors, victims: Scene, tokens: Mapping[Role, str]) -> None:
        self._session = session
        self._doors = doors
        self._victims = victims
        self._tokens = tokens
        self._left_out: list[Any] = CHECKS.get_by_names(LEFT_OUT)

    def tries(self, case: Case, service: str) -> None:
        """Try a case as it was made up at one door, and aimed at what exists at the other."""
        nth = number(case)
        first, second = DOORS if nth % 2 else DOORS[::-1]
        self._ask(case, first, service, asker(case, nth))
        aim = aimed(case, self._victims.things, self._victims.home.place.communes[0], self._seen)
        self._ask(aim, second, service, asker(aim, nth // 2))

    def _ask(self, case: Case, door: str, service: str, role: Role | None) -> None:
        headers = {} if role is None else {"Authorization": f"Bearer {self._tokens[role]}"}
        url = self._doors.url(door, service)
        case.call_and_validate(base_url=url, session=self._session, headers=headers, excluded_checks=self._left_out)

    def _seen(self, wanted: Operation) -> str | None:
        """Look at the version there is, as somebody who may."""
        steps = wanted.filled(self._victims.things).split("/")
        things = "/".join(steps[: _DEPTH.get(wanted.name.partition(".")[0], 4)])
        role = Role.OPERATOR if wanted.name.startswith("api_client.") else Role.REGIONAL_COORDINATOR
        url = f"{self._doors.url('service', wanted.service)}{things}"
        answer = self._session.get(url, headers={"Authorization": f"Bearer {self._tokens[role]}"})
        return answer.headers.get("etag")


_DEPTH = {"endpoint": 5, "delivery": 5}
"""How many steps of a path lead to what has the version: `/v1/webhooks/endpoints/{id}`, `/v1/projects/{id}`."""


def everything(service: str, *, cases: int, coverage: bool = False) -> Callable[[Test], Test]:
    """Let a test try one case after the other, for each operation of a service."""
    schema = schemathesis.openapi.from_dict(documents.openapi(service, sandbox=True))
    schema.config.phases.coverage.enabled = coverage
    schema.config.phases.coverage.unexpected_methods = METHODS
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSALS
    schema.config.checks.missing_required_header.expected_statuses = REFUSALS
    repeatable = settings(
        max_examples=cases,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    each: Callable[[Test], Test] = schema.exclude(operation_id=STREAMS).parametrize()
    return lambda test: each(repeatable(test))


@everything("actions", cases=CASES)
def test_actions_answers_as_documented(case: Case, stranger: Stranger):
    stranger.tries(case, "actions")


@everything("partners", cases=CASES)
def test_partners_answers_as_documented(case: Case, stranger: Stranger):
    stranger.tries(case, "partners")


@everything("catalogue", cases=CASES)
def test_catalogue_answers_as_documented(case: Case, stranger: Stranger):
    stranger.tries(case, "catalogue")


@everything("reporting", cases=CASES)
def test_reporting_answers_as_documented(case: Case, stranger: Stranger):
    stranger.tries(case, "reporting")


@pytest.mark.on_demand
@everything("actions", cases=CASES_ON_DEMAND, coverage=True)
def test_actions_answers_as_documented_whatever_is_tried(case: Case, stranger: Stranger):
    stranger.tries(case, "actions")


@pytest.mark.on_demand
@everything("partners", cases=CASES_ON_DEMAND, coverage=True)
def test_partners_answers_as_documented_whatever_is_tried(case: Case, stranger: Stranger):
    stranger.tries(case, "partners")


@pytest.mark.on_demand
@everything("catalogue", cases=CASES_ON_DEMAND, coverage=True)
def test_catalogue_answers_as_documented_whatever_is_tried(case: Case, stranger: Stranger):
    stranger.tries(case, "catalogue")


@pytest.mark.on_demand
@everything("reporting", cases=CASES_ON_DEMAND, coverage=True)
def test_reporting_answers_as_documented_whatever_is_tried(case: Case, stranger: Stranger):
    stranger.tries(case, "reporting")

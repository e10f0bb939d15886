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

import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from common.contracts.access import Role
from demo.letters import receiving
from demo.settings import Settings
from tests.conftest import House
from tests.e2e.doors import Doors
from tests.e2e.people import Office
from tests.e2e.scene import Scene, set_up
from tests.e2e.stranger import Stranger, document

Test = Callable[[Case, Stranger], None]

CASES = 4
CASES_ON_DEMAND = 60


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
def stranger(doors: Doors, victims: Scene, tokens: Mapping[Role, str]) -> Iterator[Stranger]:
    with requests.Session() as session:
        yield Stranger(session, doors, victims, tokens)


def everything(service: str, *, cases: int, coverage: bool = False) -> Callable[[Test], Test]:
    """Let a test try one case after the other, for each operation of a service."""
    schema = document(service)
    schema.config.phases.coverage.enabled = coverage
    repeatable = settings(
        max_examples=cases,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    each: Callable[[Test], Test] = schema.parametrize()
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

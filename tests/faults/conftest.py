"""What every experiment is given: its record; and how its line is said, whatever became of it."""

import asyncio
import functools
import inspect
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path

import pytest

from docs.experiments import Form, sheets
from tests.architecture.source import ROOT
from tests.conftest import Database, House
from tests.faults import rig as rigs
from tests.faults import servers
from tests.faults.experiment import Experiment
from tests.faults.rig import Rig
from tests.faults.town import Town, settled
from tests.waiting import until

SHEETS = sheets(ROOT)
RECORD = pytest.StashKey[Experiment]()
PASSED = pytest.StashKey[bool]()
CLEANING_UP_S = 180
FORM: Form = "long" if os.environ.get("FORM") == "long" else "short"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each experiment the time of its form, and a little more to clean up before the whole suite is ended."""
    for item in items:
        mark = item.get_closest_marker("experiment")
        if mark and isinstance(item, pytest.Function):
            within_s = SHEETS[mark.args[0]].within_s(FORM)
            item.add_marker(pytest.mark.timeout(within_s + CLEANING_UP_S))
            if inspect.iscoroutinefunction(item.obj):
                item.obj = _limited(item.obj, within_s)


def _limited(test: Callable[..., Awaitable[None]], within_s: float) -> Callable[..., Awaitable[None]]:
    """End an experiment that takes too long as a failure of its own: its line is said, its processes are ended."""

    @functools.wraps(test)
    async def limited(**given: object) -> None:
        async with asyncio.timeout(within_s):
            await test(**given)

    return limited


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> Experiment:
    """The record of the experiment that the test's mark names."""
    record: Experiment = request.node.stash[RECORD]
    return record


@pytest.fixture(scope="session")
async def town(house: House) -> AsyncIterator[Town]:
    """A coordination of the experiments' own in the house that all share."""
    async with settled(house) as there:
        yield there


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the record before anything else can fail: whoever fails must have a seed to say."""
    if mark := item.get_closest_marker("experiment"):
        item.stash[RECORD] = Experiment.of(SHEETS[mark.args[0]], os.environ)
        item.stash[PASSED] = True


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Judge when the test has run to its end; its time is counted from its beginning."""
    if RECORD in pyfuncitem.stash:
        pyfuncitem.stash[RECORD].began = time.monotonic()
    result = yield
    if RECORD in pyfuncitem.stash:
        pyfuncitem.stash[RECORD].conclude()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say the line once all is over, what was cleaned up after it included."""
    report = yield
    if RECORD in item.stash:
        item.stash[PASSED] = item.stash[PASSED] and report.passed
        if report.when == "teardown":
            _say(item.config, item.stash[RECORD].line(holds=item.stash[PASSED]))
    return report


def _say(config: pytest.Config, line: str) -> None:
    """Write to the terminal itself, past what keeps a test's own words, and where FAULTS_LOG says."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    assert isinstance(terminal, pytest.TerminalReporter)
    terminal.ensure_newline()
    terminal.write_line(line)
    if log := os.environ.get("FAULTS_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


@pytest.fixture(scope="session")
async def breakable() -> AsyncIterator[servers.Broker]:
    """A broker that every experiment may break, and leaves running."""
    async with servers.broker() as broker:
        yield broker


@pytest.fixture
async def broker(breakable: servers.Broker) -> servers.Broker:
    """That broker, up, whatever the experiment before did to it."""
    if breakable.server.ended:
        breakable.server.spawn()
    breakable.server.thaw()
    await until(breakable.server.program.ready, within_s=servers.UP_WITHIN_S)
    return breakable


@pytest.fixture
async def rig(experiment: Experiment, database: Database, broker: servers.Broker, tmp_path: Path) -> AsyncIterator[Rig]:
    """The backbone on a bench of the experiment's own."""
    async with rigs.built(experiment, database, broker.servers, tmp_path) as rig:
        yield rig

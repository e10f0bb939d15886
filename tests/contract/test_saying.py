"""Whoever is refused reads why in French, which is the default, and in English."""

from collections.abc import Iterator

import pytest

from actions.domain.replay import LineUnreadable
from actions.domain.schoolcalendar import CalendarNotReadable
from actions.jobs.screenings import ColumnsMissing
from catalogue.domain.lines import UnknownColumn, UnreadableCell
from catalogue.jobs.imports import UnreadableFile
from catalogue.jobs.workbooks import UnreadableWorkbook
from common.errors import DomainError
from partners.domain.cinemas import CinemaUnreadable
from partners.domain.compact import FormatNotKnown
from partners.domain.rosters import RosterNotKnown, UnknownCategory
from reporting.domain.history import CellUnreadable, FileNotKnown
from stack.services import SERVICES
from tests.architecture import source
from tests.contract import refusing, saying

OF_FILES: frozenset[type[DomainError]] = frozenset(
    {
        *(LineUnreadable, CalendarNotReadable, ColumnsMissing),
        *(UnreadableCell, UnknownColumn, UnreadableFile, UnreadableWorkbook),
        *(CinemaUnreadable, FormatNotKnown, RosterNotKnown, UnknownCategory),
        *(CellUnreadable, FileNotKnown),
    }
)
"""What whoever runs a command reads of a file's lines, in the language of commands: the columns' names and cells."""


@pytest.mark.parametrize("folder", saying.SHIPPED)
def test_what_a_refusal_says_of_its_case_is_said_in_french_too(folder: str):
    found = [one for path in source.python(folder) for one in saying.only_in_english(path, unless=OF_FILES)]
    assert found == []


def test_what_is_said_in_english_only_is_answered_to_nobody():
    answered = {code for service in SERVICES for codes in refusing.documented(service).values() for code in codes}
    assert {kind.code for kind in OF_FILES} & answered == set()


def test_the_reader_finds_each_way_in_which_something_is_said():
    spoken = {kind.__name__ for kind in _spoken()}
    assert spoken >= {kind.__name__ for kind in OF_FILES}
    assert spoken >= {"DatesGoBackwards", "ForbiddenDestination", "IdentifierTaken"}
    assert spoken >= {"PreconditionFailed", "DepartmentAlreadyCovered"}, "they say it of themselves"


def _spoken() -> Iterator[type[DomainError]]:
    return (kind for path in source.python(*saying.SHIPPED) for kind in saying.kinds_that_speak(path))

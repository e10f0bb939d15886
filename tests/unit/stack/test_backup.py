"""Which backup serves, by what its mark says."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from stack import backup

MONDAY, TUESDAY = "20261123T020000Z", "20261124T020000Z"


def taken(place: Path, name: str, *, said: str) -> Path:
    """Leave a backup as `take` leaves one, but for what is in it."""
    made = place / name
    made.mkdir()
    (place / f"{name}.{backup.ENDED}").write_text(f"{said}\n", encoding="ascii")
    return made


def test_a_second_between_two_backups_is_the_first_one_s(tmp_path: Path) -> None:
    first = taken(tmp_path, MONDAY, said="2026-11-23T02:10:00+00:00")
    second = taken(tmp_path, TUESDAY, said="2026-11-24T02:10:00+00:00")
    assert backup.newest(tmp_path) == second
    assert backup.newest(tmp_path, by=datetime(2026, 11, 24, 2, 9, 59, tzinfo=UTC)) == first
    assert backup.newest(tmp_path, by=datetime(2026, 11, 24, 2, 10, tzinfo=UTC)) == second
    assert backup.newest(tmp_path, by=datetime(2026, 11, 24, 3, 10, tzinfo=timezone(timedelta(hours=1)))) == second


def test_a_second_before_the_first_one_s_end_is_refused(tmp_path: Path) -> None:
    taken(tmp_path, MONDAY, said="2026-11-23T02:10:00+00:00")
    with pytest.raises(backup.NotABackup, match="the first one had at 2026-11-23 02:10:00"):
        backup.newest(tmp_path, by=datetime(2026, 11, 23, 2, 5, tzinfo=UTC))


def test_a_mark_of_before_says_when_its_backup_began(tmp_path: Path) -> None:
    made = taken(tmp_path, MONDAY, said="2026-11-23T02:00:00.123456+00:00")
    assert backup.newest(tmp_path, by=datetime(2026, 11, 23, 17, tzinfo=UTC)) == made


def test_a_mark_whose_folder_is_gone_is_no_backup(tmp_path: Path) -> None:
    made = taken(tmp_path, MONDAY, said="2026-11-23T02:10:00+00:00")
    taken(tmp_path, TUESDAY, said="2026-11-24T02:10:00+00:00").rmdir()
    assert backup.finished(tmp_path) == [made]
    assert backup.newest(tmp_path) == made

"""Which backup serves, by what its mark says."""

from pathlib import Path

from stack import backup

MONDAY, TUESDAY = "20261123T020000Z", "20261124T020000Z"


def taken(place: Path, name: str, *, said: str) -> Path:
    """Leave a backup as `take` leaves one, but for what is in it."""
    made = place / name
    made.mkdir()
    (place / f"{name}.{backup.ENDED}").write_text(f"{said}\n", encoding="ascii")
    return made


def test_a_mark_whose_folder_is_gone_is_no_backup(tmp_path: Path) -> None:
    made = taken(tmp_path, MONDAY, said="2026-11-23T02:10:00+00:00")
    taken(tmp_path, TUESDAY, said="2026-11-24T02:10:00+00:00").rmdir()
    assert backup.finished(tmp_path) == [made]
    assert backup.newest(tmp_path) == made

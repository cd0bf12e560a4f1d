"""Digests of files that are kept: a file that nobody touched is not read again, and none is taken for another."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from warehouse.shelf import digests
from warehouse.shelf.digests import FileDigests


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file as it is an hour after it was written."""
    path = tmp_path / "orders.csv"
    path.write_text("a,b\n")
    later = time.time_ns() + 3_600_000_000_000
    monkeypatch.setattr(digests.time, "time_ns", lambda: later)
    return path


def ask(path: Path, *, fresh: bool = False) -> str:
    asked = FileDigests(path.parent, fresh=fresh)
    found = asked.sha256(path)
    asked.save()
    return found


def unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(digests.hashlib, "file_digest", refuse)


def test_a_file_nobody_touched_is_not_read_again(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(settled) == digest("a,b\n")
    unreadable(settled, monkeypatch)
    assert ask(settled) == digest("a,b\n")
    with pytest.raises(AssertionError, match="was read"):
        ask(settled, fresh=True)


def test_other_content_of_the_same_size_and_age_is_noticed(settled: Path) -> None:
    before = settled.stat()
    ask(settled)
    settled.write_text("b,a\n")
    os.utime(settled, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert settled.stat().st_mtime_ns == before.st_mtime_ns
    assert ask(settled) == digest("b,a\n")


def test_another_file_in_its_place_is_noticed(settled: Path) -> None:
    ask(settled)
    other = settled.with_name("other")
    other.write_text("c,d\n")
    os.utime(other, ns=(0, settled.stat().st_mtime_ns))
    other.replace(settled)
    assert ask(settled) == digest("c,d\n")


def test_of_a_file_just_written_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a\n")
    ask(path)
    unreadable(path, monkeypatch)
    with pytest.raises(AssertionError, match="was read"):
        ask(path)


@pytest.mark.parametrize("damage", ["", "[]", '{"files": {"a": 1}}'])
def test_a_damaged_list_is_no_list(settled: Path, damage: str) -> None:
    ask(settled)
    (settled.parent / ".digests").write_text(damage)
    assert ask(settled) == digest("a,b\n")

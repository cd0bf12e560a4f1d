"""A full disk is told as one, whoever met it, and nothing else is."""

from __future__ import annotations

import errno
import json
import os

import duckdb
import pytest

from warehouse.shelf.room import is_full, no_room


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_disk_a_quota_and_a_limit_of_files_are_full(code: int) -> None:
    assert is_full(OSError(code, os.strerror(code)))
    assert is_full(duckdb.IOException(f'Could not write file "x": {os.strerror(code)}'))


def test_other_errors_are_not_taken_for_a_full_disk() -> None:
    assert not is_full(PermissionError(13, "no"))
    assert not is_full(json.JSONDecodeError("x", "y", 0))
    assert not is_full(duckdb.IOException("Could not read file"))
    assert not is_full(ValueError("No space left on device"))


def test_the_file_that_could_not_be_written_is_named() -> None:
    copied = OSError(errno.ENOSPC, "No space left on device", "/from", None, "/to")
    assert no_room(copied).text("en") == "there is no room left to write /to"
    assert no_room(OSError(errno.ENOSPC, "No space left on device")).text("zh") == "磁盘空间不足"
    assert "make room" in no_room(copied).remedy

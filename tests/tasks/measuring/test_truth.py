"""Only a generated store has a truth: every source lies in the folder of one sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.measuring.truth import world_truth
from tasks.settings import load_settings
from warehouse.measurement import MeasurementSession

MEMBERS = '[sources.members]\nkind = "csv"\npath = "data/members*.csv"\n'


class _Asked(Exception):  # noqa: N818 - no error: it tells that the truth was looked for
    """The files were found."""


class _Session(MeasurementSession):
    def __init__(self) -> None:
        pass

    def truth(self, files: object) -> None:
        raise _Asked(files)


@pytest.mark.parametrize(
    ("orders", "manifest", "truth", "looked"),
    [
        ('kind = "csv"\npath = "data/orders*.csv"', True, True, True),
        ('kind = "csv"\npath = "data/orders*.csv"', True, False, False),
        ('kind = "csv"\npath = "data/orders*.csv"', False, True, False),
        ('kind = "csv"\npath = "exports/orders*.csv"', True, True, False),
        ('kind = "sql"\nurl = "sqlite:///shop.db"\ntable = "orders"', True, True, False),
    ],
)
def test_where_the_truth_is_looked_for(tmp_path: Path, orders: str, manifest: bool, truth: bool, looked: bool) -> None:
    (tmp_path / "promocal.toml").write_text(f"{MEMBERS}[sources.orders]\n{orders}\n", "utf-8")
    (tmp_path / "data").mkdir()
    if manifest:
        (tmp_path / "data" / "sample.json").write_text(json.dumps({}), "utf-8")
    if truth:
        (tmp_path / "data" / "truth-0002.parquet").touch()
    settings = load_settings(tmp_path, {})
    if looked:
        with pytest.raises(_Asked):
            world_truth(settings, _Session(), [], None)
    else:
        assert world_truth(settings, _Session(), [], None) is None

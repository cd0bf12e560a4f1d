"""The data quality page: complete in itself, in both languages, and about nobody."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from promocal.cli.app import application
from tasks.data.refresh import refresh
from tasks.reporting.quality import quality, sparkline
from tasks.reporting.quality_labels import LABELS
from tasks.runtime import Runtime
from warehouse.staging.quarantine import masked, shown_cell

CALENDAR = "queens-day-2020"


@pytest.fixture
def pages(shop: Runtime, tmp_path: Path) -> dict[str, str]:
    refresh(shop, CALENDAR, shop.clock() + timedelta(days=1))
    made = {}
    for lang in ("en", "zh"):
        quality(shop, "current", tmp_path / f"{lang}.html", lang=lang)
        made[lang] = unescape((tmp_path / f"{lang}.html").read_text("utf-8"))
    return made


def test_the_page_tells_the_account_the_rules_and_the_quarantine(shop: Runtime, pages: dict[str, str]) -> None:
    snapshot = shop.current_snapshot()
    for lang, page in pages.items():
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(|<script""", page)
        for key in ("accounts", "rules", "refused", "drift", "profile", "inputs"):
            assert LABELS[key][lang == "zh"] in page, key
        assert snapshot.snapshot_id in page
        assert f"{snapshot.counts['orders'].rows_in:,}" in page
        failing = [rule for rule in snapshot.build.rules if rule.failing]
        assert failing
        assert all(rule.rule in page for rule in failing)
        assert "<polyline" in page


def test_no_person_is_on_the_page(shop: Runtime, pages: dict[str, str]) -> None:
    import duckdb

    with duckdb.connect(str(shop.current_snapshot().path), read_only=True) as con:
        names = con.execute("select distinct name from stg_members where length(name) > 2").fetchall()
        phones = con.execute("select distinct phone from stg_members where phone is not null").fetchall()
        refused = con.execute("select distinct row_json ->> 'member_id' from quarantine").fetchall()
    secrets = {text for (text,) in [*names, *phones, *refused] if text}
    assert len(secrets) > 100
    for page in pages.values():
        assert not [secret for secret in secrets if re.search(rf"\b{re.escape(secret)}\b", page)]


def test_the_command_says_what_it_wrote(shop: Runtime, tmp_path: Path) -> None:
    target = tmp_path / "q.html"
    arguments = ["quality", "current", "-o", str(target), "-C", str(shop.settings.root), "--format", "json"]
    done = json.loads(CliRunner().invoke(application(arguments), arguments).stdout)
    assert done["page"] == str(target)
    assert done["quarantined"] == sum(each.quarantined for each in shop.current_snapshot().counts.values())
    assert target.exists()


def test_masks_and_lines() -> None:
    assert (masked("13812345678"), masked("李"), masked("")) == ("1•••••••", "李", "")
    assert 'points="0.0,22.0 120.0,4.0"' in sparkline([1, 5])
    assert sparkline([3]) == ""


@pytest.mark.parametrize(
    "value", ["-19.90", "1,200.50元", "¥45", "12%", "2020-03-16 00:00:00", "2026年3月8日", "trade"]
)
def test_cells_that_are_nobodys_own_are_shown(value: str) -> None:
    assert shown_cell("orders", "amount", value, {"trade"}) == value
    assert shown_cell("members", "birth_on", value, ()) == masked(value)


@pytest.mark.parametrize(
    "value",
    [
        "13812345678",
        "138 1234 5678",
        "0571-88888888",
        "浙江省杭州市文三路9号",
        "李雷",
        "330106199001011234",
        "yesterday",
    ],
)
@pytest.mark.parametrize(("dataset", "column"), [("orders", "amount"), ("order_items", "title"), ("tags", "value")])
def test_cells_in_the_wrong_column_stay_masked(dataset: str, column: str, value: str) -> None:
    assert shown_cell(dataset, column, value, {"trade"}) == masked(value) != value

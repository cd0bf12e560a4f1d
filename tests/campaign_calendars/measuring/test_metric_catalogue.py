"""The files of the catalogue: complete in both languages, and made of counts that there are."""

from __future__ import annotations

import re

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.metrics.catalogue import BLOCKS, metric, metric_ids
from campaign_calendars.measuring.metrics.figures import explained, figure
from campaign_calendars.measuring.metrics.metric import GRAINS
from campaign_calendars.measuring.metrics.needs import needed
from tests.warehouse.measurement.tiny_store import at
from warehouse.engines.sql_files import sql_files

COUNTS = sql_files("warehouse.measurement.metrics.counts")
CHINESE = re.compile(r"[一-鿿]")
WINDOW = ("tiny", at("03-01 00:00"), at("03-11 00:00"))


@pytest.mark.parametrize("name", metric_ids())
def test_a_file_is_complete(name: str) -> None:
    found = metric(name)
    assert found.block in BLOCKS
    for text in (found.title, found.counts, *([found.of] if found.denominator else [])):
        assert text.en
        assert CHINESE.search(text.zh), text
    assert bool(found.note.en) == bool(found.note.zh)
    assert (found.of.en != "") == (found.denominator is not None)
    assert set(found.beside) <= {*metric_ids()}
    assert found.grains == tuple(dict.fromkeys(found.grains))
    assert set(found.needs_by) <= {*found.grains} <= {*GRAINS}
    for need in (*found.needs, *(need for needs in found.needs_by.values() for need in needs)):
        assert all(needed(need))
    columns = re.findall(r"([a-z_]+)\.([a-z_0-9]+)", f"{found.numerator} {found.denominator or ''}")
    for query, column in columns:
        assert re.search(rf'\bas "?{column}\b', COUNTS[query]), f"{query} counts no {column}"
    assert explained(name).formula_zh


def test_every_query_is_used() -> None:
    assert {query for name in metric_ids() for query in metric(name).queries} == {*COUNTS}


def test_a_figure_has_three_states() -> None:
    counts = {"repeats.member_repeaters": 2, "repeats.member_buyers": 7}
    found = figure("repeat_rate", WINDOW, (), counts)
    assert (found.state, found.numerator, found.denominator, found.value) == ("value", 2, 7, 2 / 7)
    assert figure("repeat_rate", WINDOW, (), {}).state == "empty"
    absent = figure("repeat_rate", WINDOW, (), {}, "members.joined_at")
    assert (absent.state, absent.numerator, absent.value) == ("not_measurable", None, None)


def test_a_ratio_of_ratios_stays_two_whole_numbers() -> None:
    counts = {"sales.old_cents": 790_00, "sales.old_buyers": 4, "sales.cents": 1_329_40, "sales.buyers": 8}
    found = figure("old_member_premium", WINDOW, (), counts)
    assert (found.numerator, found.denominator) == (790_00 * 8, 4 * 1_329_40)


def test_a_metric_there_is_not_is_named_with_the_one_that_was_meant() -> None:
    with pytest.raises(UsageError) as caught:
        metric("repeat_rte")
    assert caught.value.text("zh") == "没有这个指标：repeat_rte"
    assert "repeat_rate" in caught.value.remedy


def test_what_rows_are_told_apart_by_has_a_name() -> None:
    from tasks.measuring.metric_document import SPLITS

    assert {split for name in metric_ids() for split in metric(name).split} == {*SPLITS}

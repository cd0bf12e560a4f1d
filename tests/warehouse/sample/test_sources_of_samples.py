"""Source settings of generated and prepared files."""

from __future__ import annotations

import tomllib
from pathlib import Path

from warehouse.sample.sources import grocery_sources, sample_sources, sources_toml
from warehouse.sources import DATASETS


def test_a_sample_feeds_every_dataset_but_the_rare_ones() -> None:
    sources = {source.dataset: source for source in sample_sources(Path("data"), "parquet")}
    assert sources.keys() == DATASETS.keys() - {"referrals", "consents", "refunds"}
    assert sources["orders"].path == "data/orders-*.parquet"
    assert {source.timezone for source in sources.values()} == {"Asia/Shanghai"}


def test_the_grocery_year_has_no_events_and_is_in_utc() -> None:
    sources = grocery_sources("grocery")
    assert {source.dataset for source in sources} == {"members", "orders", "contact_points", "tags", "redemptions"}
    assert {source.dataset for source in sources} < DATASETS.keys()
    assert {(source.kind, source.timezone) for source in sources} == {("parquet", "UTC")}


def test_settings_are_toml() -> None:
    sections = tomllib.loads(sources_toml(sample_sources('da"ta')))["sources"]
    assert sections["members"] == {"kind": "csv", "path": 'da"ta/members-*.csv', "timezone": "Asia/Shanghai"}
    assert len(sections) == 9

"""Source settings of generated and prepared files."""

from __future__ import annotations

import tomllib

from warehouse.sample.files import SCHEMAS
from warehouse.sample.sources import grocery_sources, sources_toml
from warehouse.sources import DATASETS


def test_a_sample_feeds_every_dataset_but_the_rare_ones() -> None:
    assert SCHEMAS.keys() == DATASETS.keys() - {"consents", "refunds", "measures", "offers", "items", "benchmarks"}


def test_the_grocery_year_has_no_events_and_is_in_utc() -> None:
    sources = grocery_sources("grocery")
    assert {source.dataset for source in sources} == {"members", "orders", "contact_points", "tags", "redemptions"}
    assert {source.dataset for source in sources} < DATASETS.keys()
    assert {(source.kind, source.timezone) for source in sources} == {("parquet", "UTC")}


def test_settings_are_toml() -> None:
    sections = tomllib.loads(sources_toml(grocery_sources('da"ta')))["sources"]
    assert sections["members"] == {"kind": "parquet", "path": 'da"ta/members-*.parquet', "timezone": "UTC"}
    assert len(sections) == 5

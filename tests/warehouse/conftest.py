"""A tiny shop on disk: source files, the specs that read them, and a build of the snapshot."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from warehouse.features.params import FeatureParams
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import DATASETS, SourceSpec

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
PARAMS = FeatureParams(
    timezone="Asia/Shanghai",
    lifecycle_days=(30, 90, 180, 365),
    tier_window_days=365,
    tiers=(("regular", 0), ("silver", 100_000), ("gold", 300_000)),
    campaign_from=datetime(2026, 3, 1, tzinfo=UTC),
)


@dataclasses.dataclass
class Shop:
    """Rows are dicts; columns a row leaves out are empty cells."""

    base: Path
    specs: dict[str, SourceSpec] = dataclasses.field(default_factory=dict)

    def write(
        self,
        dataset: str,
        rows: Sequence[Mapping[str, object]],
        *,
        columns: Sequence[str] | None = None,
        encoding: str = "utf-8",
        **spec: Any,
    ) -> None:
        path = self.base / f"{dataset}.csv"
        header = list(columns or DATASETS[dataset].columns)
        with path.open("w", newline="", encoding=encoding) as stream:
            writer = csv.DictWriter(stream, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
        self.specs[dataset] = SourceSpec(dataset, "csv", path.name, encoding=encoding, **spec)

    def build(self, **changes: Any) -> Snapshot:
        settings: dict[str, Any] = {
            "base_dir": self.base,
            "directory": self.base / "warehouse",
            "as_of": AS_OF,
            "params": PARAMS,
            **changes,
        }
        return build_snapshot(list(self.specs.values()), **settings)


@pytest.fixture
def empty_shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    return _plain(empty_shop)


@pytest.fixture(scope="session")
def plain_snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """What `shop` builds as it is, built once for all who only look at it."""
    return _plain(Shop(tmp_path_factory.mktemp("plain"))).build()


def _plain(shop: Shop) -> Shop:
    """Ten members, twenty orders, nothing wrong with them."""
    shop.write("members", [{"member_id": f"m{n}", "joined_at": "2025-06-01 08:00:00"} for n in range(10)])
    shop.write(
        "orders",
        [
            {
                "order_id": f"o{n}",
                "member_id": f"m{n % 10}",
                "ordered_at": f"2026-02-{n + 1:02} 10:00:00",
                "paid_at": f"2026-02-{n + 1:02} 10:05:00",
                "amount": f"{100 + n}.50",
                "items": 1,
            }
            for n in range(20)
        ],
    )
    return shop


@pytest.fixture
def rows_of() -> Callable[[Snapshot, str], list[tuple[Any, ...]]]:
    from tests.warehouse.figures import ask

    return ask

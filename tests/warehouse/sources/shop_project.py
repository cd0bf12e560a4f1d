"""A shop whose files are read through the shipped column maps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.warehouse.conftest import PARAMS
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import SourceSpec
from warehouse.staging.explain import explain_sources

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
Rows = list[tuple[Any, ...]]


class Shop:
    def __init__(self, base: Path) -> None:
        self.base = base

    def put(self, name: str, content: str, encoding: str = "utf-8") -> None:
        (self.base / name).write_bytes(content.encode(encoding))

    def specs(self, path: str, mapping: str, datasets: Sequence[str], **spec: Any) -> list[SourceSpec]:
        given = [SourceSpec(name, path=path, mapping=mapping, **{"timezone": "UTC", **spec}) for name in datasets]
        if "members" not in datasets:
            self.put("members.csv", "member_id\nm1\n")
            given.append(SourceSpec("members", path="members.csv"))
        if "orders" not in datasets:
            self.put("orders.csv", "order_id,member_id,ordered_at,amount\n")
            given.append(SourceSpec("orders", path="orders.csv"))
        return given

    def build(self, path: str, mapping: str, datasets: Sequence[str], **spec: Any) -> Snapshot:
        where = {"base_dir": self.base, "directory": self.base / "w"}
        return build_snapshot(self.specs(path, mapping, datasets, **spec), as_of=NOW, params=PARAMS, **where)

    def said(self, path: str, mapping: str, dataset: str) -> list[str]:
        reports = explain_sources(self.specs(path, mapping, [dataset]), base_dir=self.base, as_of=NOW, only=dataset)
        return [problem.code for problem in reports[0].problems]

"""A small project whose files a test writes cell by cell."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from tests.warehouse.conftest import PARAMS
from warehouse.snapshots.snapshot import Snapshot, build_snapshot, open_snapshot
from warehouse.sources import SourceSpec

HEADER = "order_id,member_id,ordered_at,paid_at,amount"
MEMBERS = "member_id,name,birth_on\n" + "\n".join(f"m{n},甲{n},1990-05-0{n}" for n in range(1, 4))
AS_OF = datetime.fromisoformat("2026-04-09T01:00:00+00:00")


class Shop:
    """Files of one shop: each test writes the one it is about."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.specs: dict[str, SourceSpec] = {}
        self.put("members", MEMBERS)
        self.put("orders", f"{HEADER}\nz1,m1,2026-03-01 10:00:00,2026-03-01 10:00:00,10.00")

    def put(self, dataset: str, text: str, columns: str = "", **spec: Any) -> None:
        (self.base / f"{dataset}.csv").write_text(text + "\n", "utf-8")
        if columns:
            (self.base / "mappings").mkdir(exist_ok=True)
            titled = f"map: {dataset}\ntitle: {{en: a, zh: b}}\ntimezone: Asia/Shanghai\n"
            (self.base / "mappings" / f"{dataset}.yaml").write_text(titled + columns, "utf-8")
            spec["mapping"] = dataset
        self.specs[dataset] = SourceSpec(dataset, path=f"{dataset}.csv", **spec)

    def build(self) -> Snapshot:
        where = {"base_dir": self.base, "directory": self.base / "w"}
        return build_snapshot(list(self.specs.values()), as_of=AS_OF, params=PARAMS, **where)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with open_snapshot(self.build()) as con:
            return con.execute(query).fetchall()


def orders(*rows: str, good: int = 0) -> str:
    """Order lines, and `good` more that nothing is wrong with, so that shares stay below the tolerances."""
    fill = [f"z{n},m2,2026-03-05 10:00:00,2026-03-05 10:00:00,30.00" for n in range(good)]
    return "\n".join([HEADER, *rows, *fill])


def paid(*amounts: str) -> list[str]:
    return [f'a{n},m1,2026-03-20 10:00:00,2026-03-20 10:01:00,"{amount}"' for n, amount in enumerate(amounts)]


def formats(*written: str) -> str:
    listed = ", ".join(f'"{one}"' for one in written)
    return f"""datasets:
  orders:
    columns:
      order_id: order_id
      member_id: member_id
      ordered_at: {{from: ordered_at, format: [{listed}]}}
      amount: amount
"""

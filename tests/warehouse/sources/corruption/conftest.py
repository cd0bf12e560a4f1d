"""One harness for every kind of corruption: what is said, the account that closes, the published snapshot.

A shop with a published snapshot is copied for each case, its orders are replaced by something
broken, and the refresh is run again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError, SnapshotRejectedError
from campaign_calendars.findings.problem import Problem
from warehouse.features.params import FeatureParams
from warehouse.snapshots.snapshot import Snapshot, build_snapshot, current_snapshot, list_snapshots
from warehouse.sources import SourceSpec

HEADER = "订单编号,买家会员名,总金额,退款金额,订单状态,宝贝总数量,订单创建时间,订单付款时间"
GOOD = 300
COLUMNS = {
    "order_id": "订单编号",
    "member_id": "买家会员名",
    "amount": "总金额",
    "refunded": "退款金额",
    "status": "订单状态",
    "items": "宝贝总数量",
    "ordered_at": "订单创建时间",
    "paid_at": "订单付款时间",
}


def order(number: int, **cells: str) -> str:
    """One good line of the export; cells of our names replace its own."""
    day = f"2026-02-{number % 27 + 1:02}"
    good = {
        "order_id": f"20260200000000{number:04}",
        "member_id": f"会员{number % 50}",
        "amount": f"{100 + number}.50",
        "refunded": "无退款申请",
        "status": "交易成功",
        "items": "1",
        "ordered_at": f"{day} 10:00:00",
        "paid_at": f"{day} 10:05:00",
    }
    return ",".join({**good, **cells}.values())


def export(*broken: str, good: int = GOOD, header: str = HEADER) -> str:
    """A whole export: `good` good lines, then the broken ones."""
    return "\n".join([header, *(order(number) for number in range(good)), *broken]) + "\n"


@dataclasses.dataclass
class Outcome:
    """What came of a refresh: the error with its findings, or the snapshot; `accounts` of the orders."""

    findings: Sequence[Problem]
    error: PromocalError | None
    rows: dict[str, int]
    quarantined: dict[str, int]
    orders: dict[str, tuple[Any, ...]]

    @property
    def said(self) -> str:
        """Everything a person reads: messages and remedies."""
        words = [self.error.message, self.error.remedy] if self.error is not None else []
        return "\n".join([*words, *(f"{p.location} {p.code} {p.message}\n{p.hint}" for p in self.findings)])


class Trial:
    """A shop with a published snapshot, whose orders may be replaced by anything."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.specs = {
            "members": SourceSpec("members", path="members.csv"),
            "orders": SourceSpec("orders", path="orders.csv", columns=COLUMNS),
        }
        self._before = self._published()

    def build(self) -> Snapshot:
        return build_snapshot(
            list(self.specs.values()),
            base_dir=self.base,
            directory=self.base / "warehouse",
            as_of=datetime(2026, 3, 8, 4, tzinfo=UTC),
            params=FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("regular", 0), ("gold", 300_000))),
        )

    def replace(self, content: bytes | str, name: str = "orders.csv", encoding: str = "utf-8") -> Path:
        path = self.base / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def point(self, **spec: Any) -> None:
        """Let the orders come from elsewhere, or be read in another way."""
        self.specs["orders"] = dataclasses.replace(self.specs["orders"], **spec)

    def refresh(self) -> Outcome:
        """Run it; whatever happens, the snapshot published before is as it was and the account closes."""
        error: PromocalError | None = None
        findings: Sequence[Problem] = ()
        built: Path | None = None
        try:
            snapshot = self.build()
            findings, built = snapshot.findings, snapshot.path
        except SnapshotRejectedError as caught:
            error, findings = caught, caught.problems
            built = next((self.base / "warehouse").glob("*.rejected.duckdb"), None)
        except PromocalError as caught:
            error = caught
            findings = caught.problems if isinstance(caught, ProblemsFoundError) else ()
        after = self._published()
        assert self._before.items() <= after.items(), "the published snapshot was touched"
        if error is not None:
            assert after == self._before
            assert current_snapshot(self.base / "warehouse").snapshot_id == self.first
            assert error.remedy or all(p.hint and p.zh for p in findings if p.severity == "error")
        return Outcome(findings, error, *self._account(built))

    @property
    def first(self) -> str:
        return next(iter(self._before)).removesuffix(".duckdb")

    def _published(self) -> dict[str, str]:
        folder = self.base / "warehouse"
        names = [f"{snapshot.snapshot_id}.duckdb" for snapshot in list_snapshots(folder)]
        return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}

    def _account(self, path: Path | None) -> tuple[dict[str, int], dict[str, int], dict[str, tuple[Any, ...]]]:
        if path is None:
            return {}, {}, {}
        with duckdb.connect(str(path), read_only=True) as con:
            one = lambda query: con.execute(query).fetchall()  # noqa: E731
            rows = {
                "accepted": one("select count(*) from stg_orders")[0][0],
                "quarantined": one("select count(*) from quarantine where dataset = 'orders'")[0][0],
                "duplicates": one("select count(*) from duplicates where dataset = 'orders'")[0][0],
            }
            rules = dict(one("select rule, count(*) from quarantine where dataset = 'orders' group by rule"))
            orders = {row[0]: row[1:] for row in one("select order_id, * exclude (order_id) from stg_orders")}
        return rows, rules, orders


@pytest.fixture(scope="session")
def make_trial(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Trial]:
    """Shops as they were before anything went wrong, each in a directory of its own."""
    published = tmp_path_factory.mktemp("published")
    lines = [f"会员{number},2025-06-01 08:00:00" for number in range(50)]
    (published / "members.csv").write_text("\n".join(["member_id,joined_at", *lines]) + "\n", "utf-8")
    (published / "orders.csv").write_text(export(), "utf-8")
    Trial(published).build()

    def make() -> Trial:
        base = tmp_path_factory.mktemp("trial")
        shutil.copytree(published, base, dirs_exist_ok=True)
        return Trial(base)

    return make


@pytest.fixture
def trial(make_trial: Callable[[], Trial]) -> Trial:
    return make_trial()


@pytest.fixture(scope="session")
def line() -> Callable[..., str]:
    return order


@pytest.fixture(scope="session")
def whole() -> Callable[..., str]:
    return export

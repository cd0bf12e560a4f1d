"""Arms of an experiment that ran in another tool, read from a file: every line is right, or said to be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.elsewhere import ArmsFile, OutcomesFrom
from campaign_calendars.measuring.lift import Arm
from campaign_calendars.values.masking import masked_id
from warehouse.decision.regions import define_regions
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.measurement.arm_cells import (
    COMMA_BEFORE_DECIMALS,
    NO,
    WRITE_DECIMAL,
    YES,
    Amounts,
    ArmNames,
    Mark,
    member_of,
    moment_of,
)
from warehouse.measurement.arms import sums_of_arms
from warehouse.measurement.elsewhere_regions import ByRegion, Unit, by_region, lie_in_one_arm, unit_of_file
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import open_snapshot
from warehouse.sources.lists import open_list
from warehouse.sources.matching import CURRENCY, normal

_SQL = sql_files(__package__)
_HEADS = {
    "member": ("member_id", "member", "user_id", "buyer_id", "会员id", "会员", "会员编号", "买家id", "用户id"),
    "arm": ("arm", "group", "variant", "分组", "组别", "实验组", "实验分组"),
    "assigned_at": ("assigned_at", "assigned", "分组时间", "分配时间", "入组时间"),
    "bought": ("bought", "buyer", "converted", "是否购买", "是否成交", "是否转化"),
    "orders": ("orders", "订单数", "成交订单数"),
    "revenue": ("revenue", "spend", "sales", "支付金额", "成交金额", "销售额"),
    "before": ("revenue_before", "spend_before", "此前支付金额", "前期支付金额"),
    "cost": ("cost", "成本", "费用", "权益成本"),
    "currency": CURRENCY,
}
_OUTCOMES = ("bought", "orders", "revenue")
_EXAMPLES = 5
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TABLE = """
create or replace temp table arms_read (
    member_id varchar, account_id varchar, arm varchar, assigned_at timestamp, orders bigint, spend_cents bigint,
    before_cents bigint, cost_cents bigint, region varchar
)
"""


class _Row(NamedTuple):
    member_id: str
    account_id: str
    arm: str
    assigned_at: datetime
    orders: int
    spend_cents: int
    before_cents: int
    cost_cents: int
    region: str


@dataclass(frozen=True, slots=True)
class _Reader:
    """How the lines of a file become rows."""

    place: str
    columns: dict[str, int]
    zone: ZoneInfo | None
    assigned_at: datetime | None
    amounts: Amounts
    arms: ArmNames

    def row(self, number: int, cells: Sequence[str]) -> tuple[_Row, str]:
        """The row of a line, and the currency it names."""
        told = {name: cells[at].strip() if at < len(cells) else "" for name, at in self.columns.items()}
        member, arm = self._member(number, told["member"]), self.arms.named(told["arm"])
        if not member or not arm:
            what, remedy = ("has no member or no arm", "没有会员或分组"), ("fill both in", "请把两者填全")
            raise self._wrong(number, what, remedy)
        spend, orders = self._cents(number, told, "revenue"), self._count(number, told.get("orders", ""))
        bought = self._bought(number, told.get("bought", ""), spend=spend, orders=orders)
        of_money = (spend, self._cents(number, told, "before"), self._cents(number, told, "cost"))
        moment = self._moment(number, told.get("assigned_at", ""))
        row = _Row(member, member, arm, moment, orders or int(bought), *of_money, told.get("region", ""))
        return row, told.get("currency", "").upper()

    def _member(self, number: int, text: str) -> str:
        try:
            return member_of(text)
        except ValueError:
            what = (f"has a member id that a spreadsheet has rounded: {text!r}", f"会员 id 被表格软件截断：{text!r}")
            remedy = (
                "export ids as text, or as CSV straight from the tool",
                "请以文本格式导出 id，或直接从工具导出 CSV",
            )
            raise self._wrong(number, what, remedy) from None

    def _bought(self, number: int, text: str, *, spend: int, orders: int) -> bool:
        if "bought" not in self.columns:
            return spend > 0 or orders > 0
        if text.lower() not in YES | NO:
            what = (f"says neither yes nor no: {text!r}", f"既非是也非否：{text!r}")
            raise self._wrong(number, what, ("write 1 or 0", "请写 1 或 0"))
        if text.lower() in NO and (spend or orders):
            what = ("says that nothing was bought, and what it came to", "写着未购买，却有订单或金额")
            raise self._wrong(number, what, ("correct one of the two", "请更正其中一项"))
        return text.lower() in YES

    def _cents(self, number: int, told: dict[str, str], name: str) -> int:
        text = told.get(name, "")
        try:
            cents = self.amounts.cents(text)
        except ValueError:
            what = (f"{COMMA_BEFORE_DECIMALS[0]}: {text!r}", f"{COMMA_BEFORE_DECIMALS[1]}：{text!r}")
            raise self._wrong(number, what, WRITE_DECIMAL) from None
        if cents is not None:
            return cents
        what = (f"has no amount in {name}: {text!r}", f"{name} 不是金额：{text!r}")
        raise self._wrong(number, what, ("write what is net of refunds, like 128.50", "请写退款后的金额，如 128.50"))

    def _count(self, number: int, text: str) -> int:
        digits = text.removesuffix(".0") or "0"
        if not digits.isascii() or not digits.isdigit() or len(digits) > 6:  # noqa: PLR2004 - a million orders
            what = (f"has no number of orders: {text!r}", f"订单数不是整数：{text!r}")
            raise self._wrong(number, what, ("write a whole number", "请写整数"))
        return int(digits)

    def _moment(self, number: int, text: str) -> datetime:
        if not text:
            if self.assigned_at is None and "assigned_at" in self.columns:
                what = ("says not when the member was assigned", "没有分组时间")
                raise self._wrong(
                    number, what, ("fill it in, or write --assigned-at", "请填写，或用 --assigned-at 指定")
                )
            return self.assigned_at or _BEGINNING
        moment = moment_of(text)
        if moment is None:
            what = (f"has no moment: {text!r}", f"不是时间：{text!r}")
            raise self._wrong(number, what, ("write it like 2026-03-05 10:00", "请写成 2026-03-05 10:00"))
        if moment.tzinfo is None:
            if self.zone is None:
                what = (f"says not in which time zone {text} is", f"{text} 没有写明时区")
                raise self._wrong(number, what, ("write --timezone Asia/Shanghai", "请写 --timezone Asia/Shanghai"))
            moment = moment.replace(tzinfo=self.zone)
        return moment.astimezone(UTC)

    def _wrong(self, number: int, what: Said, remedy: Said) -> UsageError:
        return UsageError(
            (f"{self.place}, line {number}: it {what[0]}", f"{self.place} 第 {number} 行：{what[1]}"), remedy
        )


def read_arms(
    file: Path,
    snapshot: Snapshot | None,
    *,
    as_of: datetime,
    until: datetime | None,
    zone: ZoneInfo | None = None,
    assigned_at: datetime | None = None,
    decimal: Mark | None = None,
    drawn_by: str | None = None,
) -> tuple[ArmsFile, OutcomesFrom, str | None, ByRegion | None]:
    """Sums of the arms of a file as of a moment, where outcomes come from, the currency it names, and its regions.

    Outcomes are columns of the file (one line a member), else orders of the `snapshot` from assignment to `until`, not
    later than it knows them. `decimal`: what stands before the decimals of amounts. `drawn_by`: the column with the
    region that was drawn, or `member`; default: the column `region`, if there is one.
    UsageError names the line that is wrong; members in two arms are counted, and judged by `why_withheld`.
    """
    outcomes: OutcomesFrom = "columns"
    listing = open_list(file, str(file), [name for names in _HEADS.values() for name in names])
    columns, unit = _columns(file, listing.header, drawn_by)
    if not any(name in columns for name in _OUTCOMES):
        outcomes = "orders"
        _require_orders(file, snapshot, columns, assigned_at)
    amounts, names = Amounts(decimal), ArmNames()
    reader = _Reader(str(file), columns, zone, assigned_at, amounts, names)
    currencies: set[str] = set()

    def rows() -> Iterator[_Row]:
        for line in listing.lines:
            row, currency = reader.row(line.number, line.cells)
            if currency:
                currencies.add(currency)
            yield row

    from_orders = outcomes == "orders" and snapshot is not None
    with closing(open_snapshot(snapshot) if from_orders and snapshot else duckdb.connect()) as con:
        define_regions(con)
        con.execute(_TABLE)
        lines = append_rows(con, "arms_read", rows())
        _require_one_reading(file, currencies, amounts)
        if from_orders and snapshot:
            as_of = min(as_of, snapshot.as_of)
        ends_at = min(as_of, until or as_of)
        found = _sums(con, lines, as_of=as_of, ends_at=ends_at, from_orders=from_orders, file=file)
        told, regions = _regions(con, found, unit)
    if not from_orders and "orders" not in columns:
        told, regions = _without_orders(told, money="revenue" in columns), regions and regions.without_orders()
    told = replace(told, as_of=as_of, alike=tuple(sorted(names.alike)), costs="cost" in columns)
    return told, outcomes, next(iter(currencies), None), regions


def _require_one_reading(file: Path, currencies: set[str], amounts: Amounts) -> None:
    """UsageError where amounts are in several currencies, or may be a thousand times as much."""
    if len(currencies) > 1:
        raise _mixed(file, currencies)
    if amounts.doubtful:
        raise _two_ways(file, amounts.doubtful)


def _regions(con: duckdb.DuckDBPyConnection, found: ArmsFile, unit: Unit | None) -> tuple[ArmsFile, ByRegion | None]:
    """What was drawn, and the regions where they were; else whether it looks as if they had been."""
    if unit is None:
        return found, None
    if not unit.drawn:
        return replace(found, whole=unit.head if lie_in_one_arm(con) else ""), None
    return replace(found, drawn_by=unit.head), by_region(con, unit)


def _columns(file: Path, header: Sequence[str], drawn_by: str | None) -> tuple[dict[str, int], Unit | None]:
    """Where what stands, and the column of regions, if there is one."""
    places = {normal(name): at for at, name in reversed(list(enumerate(header)))}
    found = {
        what: places[normal(name)] for what, names in _HEADS.items() for name in names[::-1] if normal(name) in places
    }
    if "member" not in found or "arm" not in found:
        shown = ", ".join(header)
        raise UsageError(
            (f"{file} has no column of members or of arms; its columns are {shown}",
             f"{file} 缺少会员列或分组列；现有列：{shown}"),
            ("name them member_id and arm", "请命名为 member_id 与 arm（或 会员id 与 分组）"),
        )  # fmt: skip
    if (unit := unit_of_file(file, header, drawn_by)) is not None:
        found["region"] = unit.at
    return found, unit


def _require_orders(
    file: Path, snapshot: Snapshot | None, columns: dict[str, int], assigned_at: datetime | None
) -> None:
    if snapshot is None:
        raise UsageError(
            (f"{file} has no outcomes, and there is no snapshot with orders", f"{file} 没有结果列，也没有含订单的快照"),
            (
                "add a column bought, orders or revenue, or run it in a project after promocal refresh",
                "请增加 bought、orders 或 revenue 列，或在项目中先运行 promocal refresh",
            ),
        )
    if "assigned_at" not in columns and assigned_at is None:
        raise UsageError(
            (f"{file} says not since when orders count: it has no column assigned_at",
             f"{file} 没有 assigned_at 列，不知从何时起计订单"),
            (
                "add it, or write --assigned-at with the moment all were assigned at",
                "请增加该列，或用 --assigned-at 写明统一的分组时间",
            ),
        )  # fmt: skip


def _mixed(file: Path, currencies: set[str]) -> UsageError:
    shown = ", ".join(sorted(currencies))
    return UsageError(
        (f"{file} has amounts in several currencies: {shown}", f"{file} 中的金额有多种币种：{shown}"),
        ("convert them to one, or measure each by itself", "请换算为同一币种，或分别衡量"),
    )


def _two_ways(file: Path, text: str) -> UsageError:
    return UsageError(
        (f"{file}: {text} may be one and a part, or thousands; no amount of the file shows which",
         f"{file}：{text} 既可能是小数，也可能是千位数，文件中没有金额能说明是哪一种"),
        ("write --decimal . or --decimal , for what stands before the decimals",
         "请写 --decimal . 或 --decimal ,（小数点的写法）"),
    )  # fmt: skip


def _sums(
    con: duckdb.DuckDBPyConnection, lines: int, *, as_of: datetime, ends_at: datetime, from_orders: bool, file: Path
) -> ArmsFile:
    twice = _one(
        con, "select count(*) from (select 1 from arms_read group by account_id having count(distinct arm) > 1)"
    )
    some = con.execute(
        "select account_id from arms_read group by 1 having count(distinct arm) > 1 order by 1 limit $n",
        {"n": _EXAMPLES},
    ).fetchall()
    repeated = lines - _one(con, "select count(*) from (select distinct account_id, arm from arms_read)")
    if repeated and not from_orders:
        [[member]] = con.execute(
            "select account_id from arms_read group by account_id, arm having count(*) > 1 limit 1"
        ).fetchall()
        raise UsageError(
            (f"{file} has several lines of one member ({masked_id(member)})",
             f"{file} 中同一会员有多行（{masked_id(member)}）"),
            ("sum them up to one line a member", "请合并为每位会员一行"),
        )  # fmt: skip
    con.execute(_SQL["facts"], {"as_of": utc_naive(as_of)}) if from_orders else con.execute(
        "create temp table paid (member_id varchar, paid_at timestamp, net_cents bigint)"
    )
    if from_orders:
        history.as_persons(con, ["arms_read"])
    con.execute(_SQL["elsewhere_members"], {"ends_at": utc_naive(ends_at), "from_orders": from_orders})
    arms = {arm: found for _, arm, found in sums_of_arms(con, "elsewhere_members", "phase")}
    for (name,) in con.execute("select distinct arm from arms_read order by arm").fetchall():
        arms.setdefault(name, Arm(0, 0))
    first = con.execute("select min(assigned_at) from arms_read").fetchone()
    first_at = first[0].replace(tzinfo=UTC) if first and first[0] else None
    return ArmsFile(
        lines=lines,
        repeated=repeated,
        in_two_arms=twice,
        examples=tuple(masked_id(member) for (member,) in some),
        later=_one(con, "select count(distinct member_id) from arms_read") - sum(arm.members for arm in arms.values()),
        unknown=_unknown(con) if from_orders else {},
        as_of=ends_at,
        alike=(),
        costs=False,
        first_at=None if first_at == _BEGINNING else first_at,
        arms=dict(sorted(arms.items())),
    )


def _unknown(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Members without a line in the data of members, and without any order."""
    found = con.execute(
        "select arm, count(distinct member_id) from arms_read"
        " anti join snap.stg_members using (member_id) anti join snap.stg_orders using (member_id)"
        " group by arm order by arm"
    ).fetchall()
    return dict(found)


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _without_orders(found: ArmsFile, *, money: bool) -> ArmsFile:
    """Who bought is known, how often is not; without a column of money nothing of it is compared."""
    arms = {
        name: replace(
            arm,
            sums=arm.sums.without_orders() if money and arm.sums else None,
        )
        for name, arm in found.arms.items()
    }
    return replace(found, arms=arms)

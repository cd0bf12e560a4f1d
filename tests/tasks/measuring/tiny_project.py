"""The hand-made store of `tests/warehouse/measurement/tiny_store.py` as a project of CSV files, read as any shop's.

More than there: articles, deposits, behaviour, points, uses, boards, invitations, costs and stock. An order succeeds
five days after payment. Orders are complete from 2024-01-01.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import duckdb

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.deciding.decisions import checksum
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from tests.warehouse.measurement.tiny_store import AS_OF, ASSIGNED, JOINED, LEFT, ORDERS, at
from warehouse.decision import engine
from warehouse.engines.rows import utc_naive
from warehouse.ledger.records import Grant, Job, Outcome, Run

CALENDAR = "tiny"
_SOURCES: Mapping[str, str] = {
    "members": "member_id,joined_at,left_at,join_source",
    "orders": "order_id,member_id,ordered_at,paid_at,closed_at,amount,refunded,refunded_at,completed_at,deposit,"
    "deposit_paid_at",
    "order_items": "order_id,line_id,sku,price,quantity",
    "events": "event_id,member_id,kind,at,position",
    "points": "entry_id,member_id,kind,points,at",
    "redemptions": "redemption_id,member_id,benefit,calendar,redeemed_at,order_id",
    "identities": "member_id,kind,value",
    "traffic": "position,day,audience,visitors",
    "invitations": "inviter_id,at,invitation_id",
    "referrals": "referrer_id,referred_id,at",
    "costs": "kind,amount,at,clicks",
    "stock": "sku,pieces,at",
    "benchmarks": "metric,value,source,at",
}
_STORE = """
store: tiny
title: {en: Tiny shop, zh: 小店}
history_from: 2024-01-01
tiers:
  window: 365d
  levels:
    - {id: normal, title: {en: Normal, zh: 普通}, spend: 0}
    - {id: silver, title: {en: Silver, zh: 银卡}, spend: 200.00}
    - {id: gold, title: {en: Gold, zh: 金卡}, spend: 400.00}
points: {per_unit: 1, point_value: 0.01}
channels: {sms: {title: {en: SMS, zh: 短信}, consent: implied}}
"""
_CALENDAR = """
calendar: tiny
title: {en: Tiny sale, zh: 小促销}
store: tiny
timezone: Asia/Shanghai
budget: {total: 500.00, pools: {coupons: 500.00}}
holdout: {campaign: 30%, salt: tiny}
audiences: {members: {where: joined}}
benefits:
  c20: {kind: member_coupon, threshold: 40.00, value: 20.00, pool: coupons, valid: {for: 10d}}
waves:
  - {id: wave-1, title: {en: Wave 1, zh: 第一波}, window: {from: 2026-03-04 00:00, to: 2026-03-06}}
  - {id: wave-2, title: {en: Wave 2, zh: 第二波}, window: {from: 2026-03-08 00:00, to: 2026-03-10}}
phases:
  - id: reservoir
    kind: reservoir
    title: {en: Reservoir, zh: 蓄水}
    window: {from: 2026-03-01 00:00, to: 2026-03-03}
    targets: {joins: 4}
    plays:
      - {id: hello-reservoir, audience: members, channels: [sms], at: [2026-03-01 10:05], message: messages/hello.txt}
  - id: burst-1
    kind: burst
    title: {en: Burst 1, zh: 爆发一}
    wave: wave-1
    window: {from: 2026-03-04 00:00, to: 2026-03-06}
    targets: {reach: 4, conversion_rate: 50%, member_spend_per_buyer: 200.00, redemption_rate: 50%, share_rate: 10%}
    plays:
      - id: hello-burst-1
        audience: members
        benefits: [c20]
        channels: [sms]
        at: [2026-03-04 08:00]
        message: messages/hello.txt
  - id: burst-2
    kind: burst
    title: {en: Burst 2, zh: 爆发二}
    wave: wave-2
    window: {from: 2026-03-08 00:00, to: 2026-03-10}
    plays:
      - id: hello-burst-2
        audience: members
        benefits: [c20]
        channels: [sms]
        at: [2026-03-08 09:00]
        message: messages/hello.txt
"""
_SOURCE_OF = {"M07": "live", "M08": "home"}
_ARTICLES = {
    "O01": "A2", "O02": "B1", "O03": "A2 C2", "O04": "B1", "O05": "A2", "O06": "A1 B1", "O07": "C1",
    "O08": "A1 B1 C1", "O09": "A1 B2", "O10": "A1", "O11": "C1", "O12": "D1", "O13": "A1 C1", "O14": "C2",
    "O15": "B1", "O16": "A1 B1", "O17": "D1", "O18": "A1", "O19": "B1", "O20": "A3 C2",
}  # fmt: skip
_DEPOSITS = {"O06": ("30", "03-02 20:01"), "O08": ("50", "03-03 10:00")}
_EVENTS = (
    ("M01", "sign_in", "03-01 09:00"), ("M01", "sign_in", "03-02 09:00"), ("M05", "sign_in", "03-02 08:00"),
    ("M02", "interact", "03-06 12:00"), ("M02", "interact", "03-06 12:05"), ("M04", "cart_add", "03-09 12:00"),
    ("M12", "visit", "03-05 12:00"), ("M07", "coupon_claim", "03-02 10:05"),
)  # fmt: skip
_POINTS = (
    ("M01", "earn", 120, "01-20 12:00"), ("M02", "earn", 80, "02-25 12:00"), ("M12", "earn", 90, "2025-08-20 12:00"),
    ("M03", "earn", 200, "03-02 12:00"), ("M08", "earn", 200, "03-09 08:00"), ("M01", "earn", 300, "03-09 08:00"),
    ("M02", "earn", 150, "03-09 08:00"), ("M03", "refund", 50, "03-09 10:00"), ("M01", "redeem", 50, "03-09 12:00"),
    ("M02", "redeem", 100, "03-10 12:00"), ("M12", "expire", 90, "03-05 12:00"),
)  # fmt: skip
_RUNS: Sequence[tuple[str, str, tuple[str, ...], Mapping[str, str]]] = (
    ("reservoir", "03-01 10:05", ("M01", "M02", "M04", "M05", "M06", "M13"), {}),
    ("burst-1", "03-04 08:00", ("M01", "M02", "M08"), {"M06": "awaiting_approval", "M07": "failed"}),
    ("burst-2", "03-08 09:00", ("M04", "M05", "M07"), {"M02": "unknown"}),
)
"""Phase, moment, to whom messages left, and what became of the others."""
_GIVEN = {"reservoir": (), "burst-1": ("M01", "M02", "M08", "M06"), "burst-2": ("M02", "M07", "M05")}
_USES = (
    ("M02", "03-04 09:30", "O09"), ("M07", "03-10 23:59:59", "O19"), ("M08", "03-04 00:45", "O06"),
    ("M01", "03-08 10:00", "O17"), ("M05", "03-16 08:00", ""),
)  # fmt: skip


def write_project(root: Path) -> Path:
    """Write the files; nothing is read yet."""
    toml = "".join(
        f'[sources.{name}]\nkind = "csv"\npath = "data/{name}.csv"\ntimezone = "Asia/Shanghai"\n' for name in _SOURCES
    )
    texts = {
        "promocal.toml": toml + '[channels.sms]\nkind = "file"\n',
        "stores/tiny.yaml": _STORE,
        "calendars/tiny.yaml": _CALENDAR,
        "messages/hello.txt": "hello",
        **{f"data/{name}.csv": _csv(head, _rows(name)) for name, head in _SOURCES.items()},
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def tiny_runtime(root: Path, change: Callable[[Path], None] = lambda _: None) -> Runtime:
    """The project, refreshed as of 03-20; its clock stands at the moment of measuring. `change` is made to files."""
    change(write_project(root))
    rt = open_runtime(root, clock=lambda: AS_OF)
    refresh(rt, CALENDAR, at("03-20 00:00"))
    _fill_ledger(rt)
    return rt


def _fill_ledger(rt: Runtime) -> None:
    """What was decided, sent and given: a run for each phase; who was assigned stands in the decision of the first."""
    rt.decisions_dir.mkdir(parents=True, exist_ok=True)
    for phase, moment, sent, others in _RUNS:
        run = f"run-{phase}"
        path = rt.decisions_dir / f"{run}.parquet"
        _write_decisions(path, ASSIGNED if phase == "reservoir" else ())
        play = f"hello-{phase}"
        rt.ledger.begin_run(
            Run(run, CALENDAR, phase, at(moment), "tiny", checksum(path), "started", RunSummary(), at(moment))
        )
        given = {*_GIVEN[phase]}
        jobs = [
            Job(
                f"{phase}-{who}", run, CALENDAR, phase, play, at(moment), who, "sms", "c20" if who in given else None,
                status="awaiting_approval" if others.get(who) == "awaiting_approval" else "pending",
            )
            for who in (*sent, *others)
        ]  # fmt: skip
        grants = [
            Grant(
                job.intent_key, CALENDAR, phase, play, job.member_id, "c20", "coupons", 20_00, at(moment),
                valid_until=at(moment) + timedelta(days=10),
            )
            for job in jobs
            if job.member_id in given
        ]  # fmt: skip
        rt.ledger.enqueue(run, jobs, grants, budget=BudgetLimits(), stock={}, expected_position=None, at=at(moment))
        outcomes = [Outcome(f"{phase}-{who}", "sent") for who in sent]
        outcomes += [Outcome(f"{phase}-{who}", "unknown") for who, state in others.items() if state == "unknown"]
        outcomes += [Outcome(f"{phase}-{who}", "failed") for who, state in others.items() if state == "failed"]
        keys = {one.intent_key for one in outcomes}
        while claimed := rt.ledger.claim(run, "sms", 100, "test", at(moment)):
            rt.ledger.hand_over(dict.fromkeys([job.intent_key for job in claimed], 0), "test", at(moment))
            keys -= {job.intent_key for job in claimed}
        assert not keys
        rt.ledger.record(outcomes, at(moment))


def _write_decisions(path: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    with duckdb.connect() as con:
        engine.prepare(con)
        for member, when, arm in rows:
            con.execute(
                "insert into decisions by name select ? as calendar, 'reservoir' as phase, 'hello-reservoir' as play,"
                " ?::timestamp as occurrence_at, ? as member_id, ? as status, ? as arm, '' as chain, 0 as cost_cents,"
                " false as explored, 1 as propensity",
                [CALENDAR, utc_naive(at(when)), member, "chosen" if arm == "treated" else "held_out", arm],
            )
        con.execute(f"copy decisions to '{path}' (format parquet)")


def _rows(name: str) -> Iterable[tuple[object, ...]]:
    if name == "members":
        yield ("M13", "", "", "")
        yield from ((who, _w(day), _w(LEFT.get(who)), _SOURCE_OF.get(who, "")) for who, day in JOINED.items())
    elif name == "orders":
        yield ("O07", "M10", _w("03-02 21:00"), "", _w("03-07 00:00"), 100, "", "", "", 20, _w("03-02 21:00"))
        for order, who, paid, cents, back, on in ORDERS:
            account = "M13" if order == "O15" else who
            deposit, deposit_at = _DEPOSITS.get(order, ("", None))
            done = f"{at(paid) + timedelta(days=5):%Y-%m-%d %H:%M:%S}"
            yield (
                order, account, _w(deposit_at or paid), _w(paid), "", cents / 100, back / 100, _w(on), done, deposit,
                _w(deposit_at),
            )  # fmt: skip
    elif name == "order_items":
        for order, articles in _ARTICLES.items():
            yield from ((order, n, one[0], 10, one[1:]) for n, one in enumerate(articles.split()))
    else:
        yield from _others(name)


def _others(name: str) -> Iterable[tuple[object, ...]]:
    made: Mapping[str, Iterable[tuple[object, ...]]] = {
        "events": [(f"e{n}", who, kind, _w(day), "") for n, (who, kind, day) in enumerate(_EVENTS)],
        "points": [(f"p{n}", who, kind, points, _w(day)) for n, (who, kind, points, day) in enumerate(_POINTS)],
        "redemptions": [(f"r{n}", who, "c20", CALENDAR, _w(day), order) for n, (who, day, order) in enumerate(_USES)],
        "identities": [("M03", "crm_id", "crm-3"), ("M13", "crm_id", "crm-3")],
        "traffic": [("live", "2026-03-02", "non_member", 50), ("home", "2026-03-03", "non_member", 120)],
        "invitations": [
            (who, _w(f"03-0{n + 1} 12:00"), f"{who}-{n}")
            for who, times in (("M01", 3), ("M02", 2))
            for n in range(times)
        ],
        "referrals": [("M01", "M07", _w("03-02 10:00")), ("M02", "M09", _w("03-09 11:00"))],
        "costs": [("acquisition", 90, _w("03-02 12:00"), ""), ("advertising", 48, _w("03-03 12:00"), 60)],
        "benchmarks": [
            ("member_share", "60%", "同行", _w("02-01 00:00")),
            ("会员成交渗透", "65%", "同行", _w("03-01 00:00")),
            ("member_share", "70%", "同行", _w("03-17 00:00")),
            ("spend_per_buyer", "157.36", "平台", ""),
        ],
        "stock": [(sku, pieces, _w("02-28 12:00")) for sku, pieces in (("A", 10), ("B", 8), ("C", 12), ("D", 2))],
    }
    return made[name]


def _w(text: str | None) -> str:
    return "" if text is None else f"{at(text):%Y-%m-%d %H:%M:%S}"


def _csv(head: str, rows: Iterable[tuple[object, ...]]) -> str:
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"

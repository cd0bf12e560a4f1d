"""Every rule that refuses a source (S110) says a way out: following its words, or its tolerance, publishes the rest."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.findings.problem import Problem
from warehouse.models.catalogue import load_layer
from warehouse.sources.catalogue import DATASETS, SourceSpec
from warehouse.sources.load import create_raw, understand_source
from warehouse.staging.build import build_staging
from warehouse.staging.policy import policies_of
from warehouse.staging.rejects import READING_RULES

AT = "2026-03-20 10:00:00"
GERMAN, SERIAL = "20.03.2026 10:00", "46101.5"
FORMAT, DECIMAL = "as `format` of {}", "write decimal: ',' for {}"
MEND = "mend the source"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Broken:
    """A row that breaks a rule, as it was written and as somebody writes it who follows the hint; what the hint says.

    Where `mended` is None the row stays as it is, and the map or the section says more.
    """

    written: Row
    hint: str
    mended: Row | None = None
    rows: int = 1
    """As many as are beyond the tolerance."""


GOOD: Mapping[str, Row] = {
    "members": {"member_id": "m{n}", "joined_at": AT, "created_at": AT, "left_at": ""},
    "orders": {
        "order_id": "o{n}", "member_id": "m1", "ordered_at": AT, "paid_at": AT, "closed_at": "", "refunded_at": "",
        "amount": "60", "refunded": "", "stage": "", "deposit": "", "deposit_paid_at": "", "balance_from": "",
        "balance_until": "", "status": "paid",
    },
    "contact_points": {"member_id": "m{n}", "channel": "sms", "address": "1390000{n:04}", "consented_at": AT,
                       "withdrawn_at": ""},
    "events": {"event_id": "e{n}", "member_id": "m1", "kind": "visit", "at": AT},
    "redemptions": {"redemption_id": "r{n}", "member_id": "m1", "benefit": "c", "redeemed_at": AT},
    "points": {"entry_id": "p{n}", "member_id": "m1", "kind": "earn", "points": "5", "at": AT},
    "refunds": {"refund_id": "f{n}", "order_id": "o1", "amount": "1", "requested_at": AT, "completed_at": AT,
                "status": "success"},
}  # fmt: skip


def dated(column: str, written: str = GERMAN) -> Broken:
    return Broken({column: written}, FORMAT.format(column))


BROKEN: Mapping[str, Mapping[str, Broken]] = {
    "members": {
        "member-id-missing": Broken({"member_id": ""}, "fill the cells", {}),
        "left-at-unreadable": dated("left_at", SERIAL),
        "joined-at-unreadable": dated("joined_at"),
        "created-at-unreadable": dated("created_at"),
        "member-repeated": Broken({"member_id": "m1"}, MEND, {}),
    },
    "orders": {
        "order-id-missing": Broken({"order_id": ""}, "fill the cells", {}),
        "order-member-missing": Broken({"member_id": ""}, "write guests = true in [sources.orders]", rows=2),
        "ordered-at-unreadable": dated("ordered_at"),
        "ordered-at-missing": Broken({"ordered_at": ""}, MEND, {}),
        "paid-at-unreadable": dated("paid_at"),
        "closed-at-unreadable": dated("closed_at", SERIAL),
        "refunded-at-unreadable": dated("refunded_at"),
        "amount-unreadable": Broken({"amount": "19,99"}, DECIMAL.format("amount")),
        "amount-missing": Broken({"amount": ""}, MEND, {}),
        "refund-unreadable": Broken({"refunded": "1,5"}, DECIMAL.format("refunded")),
        "amount-negative": Broken({"amount": "-5"}, "leave such rows out by `drop` of the map ({sign: negative}"),
        "refund-negative": Broken({"refunded": "-5"}, MEND, {}),
        "refund-above-amount": Broken({"refunded": "600"}, MEND, {"refunded": "60"}),
        "paid-before-ordered": Broken({"paid_at": "2026-03-01 10:00:00"}, MEND, {}),
        "deposit-unreadable": Broken({"deposit": "1,5"}, DECIMAL.format("deposit")),
        "deposit-paid-at-unreadable": dated("deposit_paid_at"),
        "deposit-negative": Broken({"deposit": "-5"}, MEND, {}),
        "deposit-above-amount": Broken({"deposit": "600"}, "`amount` is the whole order", {"deposit": "6"}),
        "deposit-before-ordered": Broken({"deposit_paid_at": "2026-03-01 10:00:00"}, MEND, {}),
        "balance-before-deposit": Broken(
            {"deposit_paid_at": "2026-03-21 10:00:00"},
            "`paid_at` is the payment of the balance",
            {"deposit_paid_at": AT},
        ),
        "balance-window-reversed": Broken(
            {"balance_from": "2026-03-25 00:30:00", "balance_until": "2026-03-21 23:59:59"}, MEND, {}
        ),
        "stage-contradicted": Broken(
            {"stage": "deposit_paid", "deposit_paid_at": AT},
            "`paid_at` holds the payment of the balance only",
            {"stage": "balance_paid", "deposit_paid_at": AT},
        ),
        "id-rounded": Broken({"order_id": "2.02612E+17"}, "export again", {}),
        "word-unknown": Broken({"status": "parked"}, "add the word under values"),
        "day-unsure": Broken({"ordered_at": "03/04/2026"}, "keep in `format` only the way", {"ordered_at": AT}),
        "line-broken": Broken({"status": 'paid,"surplus'}, "look for unquoted delimiters", {}, rows=2),
    },
    "contact_points": {
        "withdrawal-unreadable": dated("withdrawn_at"),
        "consent-unreadable": Broken({"consented_at": GERMAN}, "write how as its `format`"),
    },
    "events": {"event-at-unreadable": dated("at")},
    "redemptions": {"redeemed-at-unreadable": dated("redeemed_at")},
    "points": {
        "points-unreadable": Broken({"points": "five"}, MEND, {}),
        "points-at-unreadable": dated("at"),
    },
    "refunds": {"refund-amount-unreadable": Broken({"amount": "1,5"}, DECIMAL.format("amount"))},
}
ELSEWHERE = {"order-repeated": "half of all rows are copies: nothing but another export helps (test_staging)"}
FORMATS = '["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", excel]'


def as_map(*, followed: bool) -> str:
    """A column map of every dataset, before and after somebody followed what the hints say."""
    said = ["map: shop", "title: {en: a, zh: b}", "timezone: Asia/Shanghai", "datasets:"]
    for dataset, row in GOOD.items():
        said += [f"  {dataset}:"]
        if dataset == "orders" and followed:
            said += ["    drop: {amount: {sign: negative}}"]
        said += ["    columns:", *(f"      {name}: {_rule(name, followed=followed)}" for name in row)]
    return "\n".join(said) + "\n"


def _rule(name: str, *, followed: bool) -> str:
    if name == "status":
        return (
            f"{{from: status, unknown: reject, values: {{paid: paid, success: success{', parked: paid' * followed}}}}}"
        )
    if followed and (name == "at" or name.endswith("_at")):
        return f"{{from: {name}, format: {FORMATS}}}"
    if name == "ordered_at":  # where day-unsure comes from
        return '{from: ordered_at, format: ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%m/%d/%Y"]}'
    decimal = followed and name in {"amount", "refunded", "deposit"}
    return f"{{from: {name}, decimal: ','}}" if decimal else name


def write(folder: Path, *, followed: bool) -> None:
    for dataset, good in GOOD.items():
        with (folder / f"{dataset}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(good)
            every = [broken for broken in BROKEN[dataset].values() for _ in range(broken.rows)]
            for number, broken in enumerate([Broken({}, "", {}), *every], 1):
                cells = broken.written if not followed or broken.mended is None else broken.mended
                row = {name: cell.format(n=number) for name, cell in {**good, **cells}.items()}
                if row.get("status", "").startswith("paid,"):
                    file.write(",".join(row.values()).replace('"', "") + "\n")
                else:
                    writer.writerow(row.values())
    (folder / "mappings").mkdir(exist_ok=True)
    (folder / "mappings" / "shop.yaml").write_text(as_map(followed=followed), "utf-8")


def refused(folder: Path, specs: Iterable[SourceSpec]) -> dict[str, Problem]:
    """Rule → the finding that refuses the source."""
    sources = list(specs)
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        con.execute("set TimeZone = 'UTC'")
        for dataset in DATASETS.values():
            create_raw(con, dataset)
        for spec in sources:
            understand_source(con, spec, folder)
        staged = build_staging(
            con,
            as_of=datetime(2026, 4, 9, tzinfo=UTC),
            timezones={spec.dataset: "Asia/Shanghai" for spec in sources},
            progress=lambda _: None,
            policies=policies_of(sources, folder),
        )
    errors = [problem for problem in staged.findings if problem.severity == "error"]
    assert {problem.code for problem in errors} <= {"S110"}
    return {problem.message.partition("rule ")[2].rstrip(")"): problem for problem in errors}


@pytest.fixture
def specs() -> list[SourceSpec]:
    return [SourceSpec(name, path=f"{name}.csv", mapping="shop") for name in GOOD]


def test_a_remedy_followed_by_its_words_publishes(tmp_path: Path, specs: list[SourceSpec]) -> None:
    write(tmp_path, followed=False)
    said = refused(tmp_path, specs)
    listed = {rule: broken for rules in BROKEN.values() for rule, broken in rules.items()}
    assert set(said) ^ set(listed) == set()
    assert [(rule, said[rule].hint) for rule in listed if listed[rule].hint not in said[rule].hint] == []
    assert all(problem.zh and problem.hint_zh for problem in said.values())
    write(tmp_path, followed=True)
    assert refused(tmp_path, [replace(spec, guests=spec.dataset == "orders" or None) for spec in specs]) == {}


def test_a_tolerance_as_the_hint_names_it_publishes(tmp_path: Path, specs: list[SourceSpec]) -> None:
    write(tmp_path, followed=False)
    assert all(f"(see tolerances.{rule})" in problem.hint for rule, problem in refused(tmp_path, specs).items())
    tolerant = [replace(spec, tolerances=dict.fromkeys(BROKEN[spec.dataset], 10_000)) for spec in specs]
    assert refused(tmp_path, tolerant) == {}


def test_every_rule_that_refuses_is_followed() -> None:
    stops = {
        rule.rule
        for model in load_layer("staging")
        for rule in model.expectations
        if rule.severity == "stop" and rule.expect != "row_count"
    }
    stops |= {name for name, rule in READING_RULES.items() if rule.tolerance < 10_000}
    assert stops == {rule for rules in BROKEN.values() for rule in rules} | set(ELSEWHERE)

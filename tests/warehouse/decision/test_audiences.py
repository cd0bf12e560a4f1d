"""Sizes and overlaps from one pass against one plain query for each audience and each pair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import duckdb
import pytest

from campaign_calendars.audiences.fields.vocabulary import FIELDS
from campaign_calendars.audiences.language import parse_audience, to_predicate
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.deciding.briefs import HoldoutRule
from tests.warehouse.buckets import bucket
from tests.warehouse.conftest import AS_OF, PARAMS
from warehouse.decision import engine
from warehouse.decision.audiences import RULES_PER_MASK, AudienceRule, columns_of, count_audiences
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.models.catalogue import load_layer

NAMES = AudienceNames(calendar="spring", phases=("burst",), plays=("recall",), tiers=("regular", "silver", "gold"))
TEXTS = (
    "joined", "not joined", "has_left", "recency_days > 30", "recency_days is null", "lifecycle = 'never'",
    "orders_365d >= 2 and spend_365d > 300.00", "tier >= 'silver'", "tier = 'gold' or visits_30d > 0",
    "city = '杭州'", "city <> '杭州'", "r_score >= 4 and m_score >= 3", "f_score = 1", "has_tag('vip')",
    "has_tag('vip') and joined", "contacted_by('recall')", "cart_adds_7d > 0 and not bought_in_campaign",
    "has_unpaid_order", "age >= 30", "is_birthday_month or joined_in_campaign", "avg_order < 150.00", "1 = 2",
)  # fmt: skip
WORLD = """
insert into snap.stg_members by name
select 'm' || i as member_id, case i % 3 when 0 then '杭州' when 1 then '宁波' end as city,
    date '1980-01-01' + (i * 997 % 12000)::integer as birth_on,
    case when i % 4 > 0 then timestamp '2025-01-01' + to_days((i * 5)::integer) end as joined_at,
    case when i % 11 = 0 then timestamp '2026-01-01' end as left_at
from range(120) as t(i);
insert into snap.stg_orders by name
select 'o' || i as order_id, 'm' || (i * 7 + i // 3) % 97 as member_id,
    timestamp '2025-01-01' + to_hours(i * 19) as ordered_at,
    case when i % 5 > 0 then ordered_at end as paid_at, 5000 + i * 113 % 40000 as amount_cents, 0 as refunded_cents,
    1 as items
from range(500) as t(i);
insert into snap.stg_events by name
select 'e' || i as event_id, 'm' || i * 7 % 120 as member_id, ['visit', 'cart_add'][i % 2 + 1] as kind,
    timestamp '2026-01-20' + to_hours(i * 3) as "at"
from range(350) as t(i);
insert into snap.stg_tags by name select 'm' || i * 3 as member_id, 'vip' as tag from range(30) as t(i);
insert into contacts by name
select 'm' || i * 2 as member_id, 'spring' as calendar, 'recall' as play, timestamp '2026-03-02' as "at"
from range(20) as t(i);
"""


@pytest.fixture(scope="module")
def con() -> Any:
    con = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    con.execute(WORLD)
    yield con
    con.close()


def rules_of(texts: Sequence[str]) -> list[AudienceRule]:
    found = []
    for text in texts:
        expression = parse_audience(text, names=NAMES)
        assert not isinstance(expression, list), text
        found.append(AudienceRule.of(text, expression))
    return found


def naive(con: duckdb.DuckDBPyConnection, *texts: str) -> int:
    expressions = [parse_audience(text, names=NAMES) for text in texts]
    where = " and ".join(to_predicate(expression) for expression in expressions if not isinstance(expression, list))
    return int(con.execute(f"select count(*) from member_features as f where {where}").fetchall()[0][0])


@pytest.mark.parametrize("as_view", [True, False])
def test_every_size_and_overlap_is_that_of_a_plain_query(con: duckdb.DuckDBPyConnection, as_view: bool) -> None:
    rules = rules_of(TEXTS)
    build_features(con, as_of=AS_OF, params=PARAMS, columns=columns_of(rules), as_view=as_view)
    counts = count_audiences(con, rules)
    build_features(con, as_of=AS_OF, params=PARAMS)
    matrix = counts.overlaps()
    assert counts.total == naive(con, "1 = 1") == 120
    for index, text in enumerate(TEXTS):
        assert counts.size(text) == matrix[index, index] == naive(con, text), text
    for (i, first), (j, second) in combinations(enumerate(TEXTS), 2):
        wanted = naive(con, first, second)
        assert counts.both(first, second) == matrix[i, j] == matrix[j, i] == wanted, (first, second)
    assert counts.size("city = '杭州'") + counts.size("city <> '杭州'") == 80, "an unknown city is neither"


def test_more_rules_than_bits(con: duckdb.DuckDBPyConnection) -> None:
    texts = [f"orders_total >= {n % 5 + 2} or age >= {20 + n % 31}" for n in range(RULES_PER_MASK + 9)]
    rules = rules_of(texts)
    build_features(con, as_of=AS_OF, params=PARAMS, columns=columns_of(rules))
    counts = count_audiences(con, rules)
    assert [counts.size(text) for text in texts] == [naive(con, text) for text in texts]
    assert counts.both(texts[1], texts[-1]) == naive(con, texts[1], texts[-1]) > 0


def test_the_control_group_is_counted_beside(con: duckdb.DuckDBPyConnection) -> None:
    rules = rules_of(["joined", "has_left"])
    build_features(con, as_of=AS_OF, params=PARAMS, columns=columns_of(rules))
    groups = [HoldoutRule("global", "s'1", 2_000), HoldoutRule("campaign", "s2", 1_000), HoldoutRule("none", "s3", 0)]
    counts = count_audiences(con, rules, controls=groups)
    joined = [row[0] for row in con.execute("select member_id from member_features where joined").fetchall()]
    held = [m for m in joined if bucket("s'1", m) < 2_000 or bucket("s2", m) < 1_000]
    assert counts.control("joined") == len(held) > 0
    assert counts.size("joined") == len(joined)
    assert count_audiences(con, rules).control("joined") == 0


def test_nothing_to_count(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValueError, match="no audience"):
        count_audiences(con, [])


def test_every_field_of_the_language_names_the_column_it_reads() -> None:
    for name in FIELDS:
        (rule,) = rules_of([f"{name} is null"])
        assert rule.columns == {name}


def test_a_decision_asks_for_the_columns_its_candidates_read() -> None:
    sql = engine._SQL["candidates"]
    # `region_of_holdout` stands for the field by which the calendar draws; the brief asks for that.
    assert set(re.findall(r"\bf\.(\w+)", sql)) <= engine.COLUMNS | {"member_id", "region_of_holdout"}

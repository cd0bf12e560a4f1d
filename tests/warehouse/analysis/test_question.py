"""What a question may say: everything one asks of tables, and nothing else."""

from __future__ import annotations

import duckdb
import pytest

from campaign_calendars.findings.errors import UsageError
from warehouse.analysis.question import read_question
from warehouse.analysis.tables import tables
from warehouse.models.catalogue import load_layer

HARMLESS = [
    "select count(*) from orders",
    "from orders",
    "table orders limit 3",
    "describe orders",
    "summarize orders",
    "values (1)",
    "select happened_at, kind from events order by happened_at",
    "select 1 union all select amount_cents from orders order by 1 desc nulls last limit 10 offset 2",
    "with recursive t as (select 1 as n union all select n + 1 from t where n < 5) select * from t",
    "with orders as (select 1 as a) select a from orders",
    (
        "select m.city, sum(o.amount_cents) over (partition by m.city order by o.paid_at) from orders as o"
        " join members as m using (member_id) where o.paid_at >= '2026-01-01' qualify row_number() over () = 1"
    ),
    "select city, count(*) filter (where joined) from features group by rollup (city) having count(*) > 1",
    "from (pivot orders on status in ('paid', 'closed') using sum(amount_cents))",
    "pivot orders on status in ('paid', 'closed') using sum(items)",
    "unpivot (select amount_cents, items from orders) on amount_cents, items into name what value n",
    "select * exclude (phone) replace (upper(city) as city) from members",
    "select columns('.*_cents') from orders",
    "select distinct on (member_id) * from orders tablesample 10 rows",
    (
        "select a.* from arms as a semi join facts as f using (member_id) asof join orders as o"
        " on a.member_id = o.member_id and a.assigned_at >= o.paid_at"
    ),
    "select unnest([1, 2]), x from generate_series(1, 3) as t(x), range(2), unnest([3])",
    "select list_filter([1, 2], lambda x: x > 1), {'a': 1}, interval 1 day, date_trunc('day', paid_at) from orders",
    (
        "select (select max(paid_at) from orders), exists (from jobs), member_id in (from (select member_id from arms))"
        " from members;"
    ),
]
REFUSED = [
    ("copy orders to 'x.csv'", "copy"),
    ("copy (select 1) to 'x.csv'", "copy"),
    ("attach 'x.db'", "attach"),
    ("detach snap", "detach"),
    ("install httpfs", "load"),
    ("load httpfs", "load"),
    ("set enable_external_access = true", "set"),
    ("reset lock_configuration", "set"),
    ("pragma enable_verification", "pragma"),
    ("call pragma_version()", "call"),
    ("checkpoint", "call"),
    ("insert into orders values (1)", "insert"),
    ("update orders set items = 1", "update"),
    ("delete from orders", "delete"),
    ("create table x as select 1", "create"),
    ("drop view orders", "drop"),
    ("begin", "transaction"),
    ("explain select 1", "explain"),
    ("prepare x as select 1", "prepare"),
    ("execute x", "execute"),
    ("export database 'x'", "export"),
    ("use snap", "set"),
    ("pivot orders on status using sum(items)", "name its values"),
    ("from (pivot orders on status in (select phone from snap.stg_members) using sum(items))", "name its values"),
    ("comment on table orders is 'x'", "alter"),
    ("vacuum", "vacuum"),
    ("import database 'x'", "pragma"),
    ("with x as (delete from orders returning *) from x", "delete"),
    ("with x as (update orders set items = 1 returning *) from x", "update"),
    ("with x as materialized (copy orders to 'x') from x", "copy"),
    ('from "snap"."stg_members"', "snap.stg_members"),
    ('from "snap.stg_members"', "snap.stg_members"),
    ("describe snap.stg_members", "snap.stg_members"),
    ("from (summarize snap.stg_members)", "snap.stg_members"),
    ("select * from (show all tables)", "table"),
    ("select * from orders at (version => (select max(phone) from snap.stg_members))", "snap.stg_members"),
    ("select 1; select 2", "2 statements"),
    ("", "no question"),
    ("-- nothing", "no question"),
    ("select * from read_csv('/etc/passwd')", "read_csv"),
    ("select * from read_text('/etc/passwd')", "read_text"),
    ("from '/etc/passwd'", "/etc/passwd"),
    ("from 'https://example.org/a.parquet'", "no table"),
    ("select * from query('select * from snap.stg_members')", "query"),
    ("select * from query_table('stg_members')", "query_table"),
    ("select * from json_execute_serialized_sql('{}')", "json_execute_serialized_sql"),
    ("from glob('*')", "glob"),
    ("from duckdb_views()", "duckdb_views"),
    ("select (select max(path) from read_parquet('x'))", "read_parquet"),
    ("with x as (from duckdb_settings()) from x", "duckdb_settings"),
    ("from snap.stg_members", "snap.stg_members"),
    ("from memory.main.contacts", "memory.main.contacts"),
    ("from information_schema.tables", "information_schema.tables"),
    ("from duckdb_tables", "duckdb_tables"),
    ("from stg_members", "stg_members"),
    ("from some_frame", "some_frame"),
    ("with sqlite_master as (select 1) select * from (with a as (select 1) from a), sqlite_master", "sqlite_master"),
    ("with x as (insert into orders values (1) returning *) from x", "insert"),
    ("show tables", "table"),
    ("show all tables", "table"),
    ("show databases", "table"),
    ("select memory.main.pseudonym('m1')", "pseudonym"),
    ("select main.pseudonym('m1')", "pseudonym"),
    ("select getvariable('as_of')", "getvariable"),
    ("select current_setting('temp_directory')", "current_setting"),
    ("select write_log('x')", "write_log"),
    ("selec 1", "line 1, column 1"),
    ("select *\n  fron orders", "line 2, column"),
]


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_one_asks_of_tables_may_be_asked(sql: str) -> None:
    assert read_question(sql).sql == sql


@pytest.mark.parametrize(("sql", "says"), REFUSED)
def test_everything_else_is_refused_in_one_sentence(sql: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_question(sql)
    assert says in refused.value.message
    assert refused.value.text("zh") != refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.remedy


PLACES = [
    "select {}",
    "select * from orders where {} is null",
    "select * from orders order by {}",
    "select * from orders limit {}",
    "select * from orders offset {}",
    "select * from orders limit {} %",
    "select * from orders group by grouping sets (({}), ())",
    "select count(*) from orders having {} = 'x'",
    "select count(*) from orders qualify {} = 'x'",
    "select count(*) filter ({} = 'x') from orders",
    "select string_agg(status order by {}) from orders",
    "select sum(items) over (partition by {}) from orders",
    "select sum(items) over w from orders window w as (order by {})",
    "select sum(items) over (order by items rows between {} preceding and current row) from orders",
    "select list_transform([1], lambda x: {}) from orders",
    "select [{} for x in [1]]",
    "select case when true then {} end",
    "select coalesce(null, {})",
    "select {{'a': {}}}",
    "select struct_pack(a := {})",
    "select cast({} as varchar)",
    "select * replace ({} as status) from orders",
    "select distinct on ({}) * from orders",
    "select * from orders join members on {} = 'x'",
    "select * from orders, lateral (select {})",
    "select * from range({})",
    "select * from unnest([{}])",
    "select unnest([{}])",
    "values ({})",
    "with a as (select {}) from a",
    "with a as (values (1)), b as (from (with c as (select {}) from c)) from b",
    "with recursive t as (select 1 as n union all select n from t where {} = 'x') from t",
    "select 1 union select {}",
    "(select 1) except (select {})",
    "select exists (select 1 where {} = 'x')",
    "select 'a' in (select {})",
    "select 'a' = any (select {})",
    "select array(select {})",
    "from (pivot (select {} as x, 1 as y) on x in ('a') using sum(y))",
    "from (pivot orders on status in ('a') using max({}))",
    "unpivot (select {} as x) on x into name n value v",
    "describe select {}",
    "summarize select {}",
    "select columns(lambda c: c = {}) from orders",
    "select between_me between {} and 'z' from (select 'a' as between_me)",
    "select x[{}] from (select [1] as x)",
    "select collate_me collate nocase = {} from (select 'a' as collate_me)",
]


@pytest.mark.parametrize("place", PLACES)
def test_no_place_of_a_question_hides_a_table_from_its_reader(place: str) -> None:
    read_question(place.format("(select max(phone) from members)"))
    for hidden in ("snap.stg_members", "stg_members", "read_csv('/etc/passwd')", "duckdb_views()"):
        with pytest.raises(UsageError):
            read_question(place.format(f"(select max(phone) from {hidden})"))
    with pytest.raises(UsageError, match="pseudonym"):
        read_question(place.format("(select memory.main.pseudonym('m1'))"))


def test_a_question_says_what_it_reads() -> None:
    some = read_question("with x as (from arms) select city from Features join x using (member_id), orders")
    assert some.tables == {"arms", "features", "orders"}
    assert some.names is None, "`from arms` reads any column"
    few = read_question("select f.city, count(*) from features as f join (select tier from arms) using (member_id)")
    assert few.names is not None
    assert {"city", "tier", "member_id"} <= few.names
    assert read_question("select f from features as f").names is None, "a row by itself has all columns"
    assert read_question("select city from features natural join orders").names is None


def test_the_near_name_is_told() -> None:
    with pytest.raises(UsageError) as refused:
        read_question("select * from ordrs")
    assert refused.value.remedy_said == ("did you mean orders?", "是否为 orders？")


def test_every_column_has_its_type_and_meaning_in_both_languages() -> None:
    chinese = [(table.name, each.name) for table in tables().values() for each in table.columns if not each.meaning.zh]
    english = [(table.name, each.name) for table in tables().values() for each in table.columns if not each.meaning.en]
    assert chinese == english == []
    models = {model.name: model for model in load_layer("staging")}
    for table in tables().values():
        if table.source.startswith("snap."):
            assert [each.kept_as for each in table.columns] == list(models[table.source.removeprefix("snap.")].columns)
        with duckdb.connect() as con:  # no name is a word of SQL
            con.execute(f"create table {table.name} ({', '.join(f'{each.name} text' for each in table.columns)})")
            con.execute(f"select {', '.join(each.name for each in table.columns)} from {table.name}")

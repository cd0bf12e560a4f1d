"""Questions to a project that ran: what is in the tables, what is masked, and what nobody gets by asking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from campaign_calendars.findings.errors import EngineError, UsageError
from campaign_calendars.measuring.metrics.metric import GRAINS
from tasks.analysis.answering import WRITERS, answer_rows, print_markdown, write_answer
from tasks.analysis.asking import Asking, asked
from tasks.measuring.metrics import Asked as Measured
from tasks.measuring.metrics import compute_metrics
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, SENTINELS
from tests.tasks.conftest import SALE, SMALL
from tests.tasks.measuring.conftest import tiny  # noqa: F401 - a fixture
from tests.warehouse.servers import postgres
from warehouse.analysis.question import Question
from warehouse.analysis.session import AnalysisSession
from warehouse.analysis.tables import tables
from warehouse.ledger.sql import SqlLedger

PLAIN = Asking(calendar=SMALL)


def ask(rt: Runtime, sql: str, how: Asking = PLAIN) -> list[tuple[object, ...]]:
    with asked(rt, sql, how) as found:
        return list(found.answer.rows())


@pytest.fixture(scope="module")
def ran(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The small project after its one play: eight coupons, and an order that came after."""
    import shutil

    root = tmp_path_factory.mktemp("asked") / "small"
    shutil.copytree(small_template, root)
    with open_runtime(root, clock=lambda: SALE + timedelta(hours=1)) as rt:
        run_phase(rt, SMALL, "burst", SALE)
        yield rt


def test_each_table_has_the_columns_it_says(ran: Runtime) -> None:
    for name, table in tables().items():
        if name == "metrics":  # takes long: see the next but one
            continue
        with asked(ran, f"from {name}", PLAIN) as found:
            assert found.answer.names == tuple(each.name for each in table.columns), name
            kinds = dict(zip(found.answer.names, found.answer.types, strict=True))
            moments = {each.name for each in table.columns if each.type == "timestamptz"}
            assert {each for each, kind in kinds.items() if kind.startswith("timestamp")} == moments
            assert all(kinds[each] == "timestamp[us, tz=Asia/Shanghai]" for each in moments)
            rows = list(found.answer.rows())
        assert rows or name in {"order_items", "points", "events", "redemptions", "contrasts"}, name
        assert not any(sentinel in str(rows) for sentinel in SENTINELS), f"{name} shows personal data"


def test_figures_agree_with_the_run(ran: Runtime) -> None:
    assert ask(ran, "select status, count(*) from decisions group by all") == [("chosen", 8)]
    assert ask(ran, "select channel, status, count(*), count(sent_at) from jobs group by all") == [
        ("sms", "sent", 8, 8)
    ]
    assert ask(ran, "select sum(cost_cents), max(granted_at) from grants") == [(8000, SALE)]
    wanted = [("play", "burst", "recall", 8, 8), ("programme", None, None, 8, 8)]
    sql = "select contrast, phase, play, count(*), sum(contacted::int) from arms where arm = 'treated' group by all"
    later = Asking(calendar=SMALL, as_of=SALE + timedelta(hours=2))
    assert ask(ran, f"{sql} order by contrast", later) == wanted
    # The same pseudonym everywhere: tables can be joined.
    joined = "from members join arms using (member_id) join facts using (member_id, contrast) join features f"
    assert ask(ran, f"select count(*) {joined} using (member_id)") == [(16,)]


def test_metrics_are_those_of_the_command(ran: Runtime) -> None:
    with asked(ran, "from metrics", PLAIN) as found:
        assert found.answer.names == tuple(each.name for each in tables()["metrics"].columns)
        rows = [dict(zip(found.answer.names, row, strict=True)) for row in found.answer.rows()]
    assert {row["grain"] for row in rows} == set(GRAINS) - {"wave"}, "the calendar has no waves"
    names, columns = ("gmv", "members_total", "visit_conversion"), ("metric", "key", "starts_at", "numerator", "value")
    for grain in ("calendar", "phase"):
        said = compute_metrics(ran, SMALL, Measured(names, ran.clock(), grain))
        wanted = {tuple(getattr(one, name) for name in columns) for one in said.figures}
        seen = [row for row in rows if row["grain"] == grain and row["metric"] in names]
        assert {tuple(row[name] for name in columns) for row in seen} == wanted
    assert not any(sentinel in str(rows) for sentinel in SENTINELS)


def test_features_are_of_the_moment_that_is_asked(ran: Runtime) -> None:
    sql = "select sum(orders_total), count(*) from features"
    assert ask(ran, sql) == [(8, 8)]
    assert ask(ran, "select sum(spend_total_cents), min(order_interval_days) from features") == [(43920, None)]
    early = Asking(calendar=SMALL, as_of=SALE.replace(year=2025, month=6, day=4))
    assert ask(ran, sql, early) == [(3, 8)]
    assert ask(ran, "select count(*) from arms", early) == [(0,)]


def test_other_calendars_are_left_out(ran: Runtime) -> None:
    other = Path(ran.calendar_path(SMALL)).with_name("other-sale.yaml")
    other.write_text(
        Path(ran.calendar_path(SMALL)).read_text("utf-8").replace(f"calendar: {SMALL}", "calendar: other-sale")
    )
    try:
        for table in ("decisions", "jobs", "grants", "arms", "facts"):
            assert ask(ran, f"select count(*) > 0 from {table}", Asking(calendar="other-sale")) == [(False,)]
            assert ask(ran, f"select count(*) > 0 from {table}", Asking()) == [(True,)]
        with pytest.raises(UsageError, match="features are as one calendar sees them"):
            ask(ran, "select city from features", Asking())
        other.write_text("calendar: other-sale\n", "utf-8")
        with asked(ran, "select count(*) from arms", Asking()) as found:
            (note,) = found.notes
            assert "other-sale has problems" in note[0]
    finally:
        other.unlink()


def test_rows_that_are_gone_are_told(small: Runtime) -> None:
    run = run_phase(small, SMALL, "burst", SALE)
    (small.decisions_dir / f"{run.run_id}.parquet").unlink()
    with asked(small, "select count(*) from decisions", PLAIN) as found:
        assert list(found.answer.rows()) == [(0,)]
        assert f"promocal decisions {run.run_id}" in found.notes[0][0]


def test_who_sees_personal_data_stands_in_the_audit(small: Runtime) -> None:
    sql = "select member_id, name, birth_on from members where phone = '13912345601'"
    seen = ask(small, sql, Asking(unmasked_by="Li"))
    assert [(member, name) for member, name, _ in seen] == [(MEMBERS[0], "哨兵王1号")]
    (entry,) = small.ledger.audit()
    assert (entry.action, entry.by) == ("unmask", "Li")
    assert entry.detail == "select member_id, name, birth_on from members where phone = '…'"
    assert ask(small, "select name, phone, birth_on, gender from members limit 1") == [("***", "***", None, None)]
    assert len(small.ledger.audit()) == 1, "what is masked is nobody's deed"
    with pytest.raises(UsageError, match="by name"):
        ask(small, sql, Asking(unmasked_by=" "))


def test_pseudonyms_stay_the_same_and_differ_from_project_to_project(small: Runtime, tmp_path: Path) -> None:
    sql = "select member_id from members order by 1"
    first = ask(small, sql)
    assert ask(small, sql) == first
    assert len(set(first)) == 8
    (small.settings.state / "outcomes" / "salt").unlink()
    assert not set(ask(small, sql)) & set(first)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("set enable_external_access = true", "locked"),
        ("set lock_configuration = false", "locked"),
        ("select * from read_csv('/etc/passwd')", "disabled by configuration"),
        ("copy (select 1) to '{state}/x.csv'", "disabled by configuration"),
        ("attach '{state}/x.db'", "disabled by configuration"),
        ("install httpfs", "disabled"),
        ("insert into snap.stg_members (member_id) values ('x')", "read-only"),
        ("create table snap.x as select 1", "read-only"),
        ("from contacts", "does not exist"),
        ("from some_frame", "does not exist"),
    ],
)
def test_the_connection_itself_refuses_what_the_reader_of_questions_would(small: Runtime, sql: str, says: str) -> None:
    some_frame = {"a": [1]}  # a name of this frame is no table
    told = Question(sql.format(state=small.settings.state), frozenset(), None)
    session = AnalysisSession(small.current_snapshot(), zone="UTC", salt="s")
    with closing(session), pytest.raises(UsageError) as refused:
        session.ask(told, timedelta(seconds=5))
    assert says in refused.value.message
    assert some_frame


def test_a_long_question_is_stopped(ran: Runtime) -> None:
    endless = "select count(*) from range(10000000) as a, range(1000000) as b where hash(a.range + b.range) = 3"
    with pytest.raises(EngineError, match=r"longer than 0\.2 s and was stopped"):
        ask(ran, endless, Asking(limit=timedelta(seconds=0.2)))
    assert ask(ran, "select 1") == [(1,)]


@pytest.mark.parametrize(
    ("sql", "says", "remedy"),
    [
        ("select amount from orders", "line 1, column 8: there is no column amount", "did you mean amount_cents?"),
        ("select o.xyz\nfrom orders o", "there is no column xyz", "promocal sql --tables orders lists the columns"),
        (
            "select city\nfrom members\nwhere citty = 'x'",
            "line 3, column 7: there is no column citty",
            "did you mean city?",
        ),
        (
            "select 'x'::int from orders",
            "line 1, column 11: the question cannot be answered: Could not convert",
            "DuckDB",
        ),
        ("select $1", "Values were not provided", "DuckDB"),
        ("select sum(hash(order_id)) * 10 from orders", "too large for a whole number", "sum(x)::double"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(ran: Runtime, sql: str, says: str, remedy: str) -> None:
    with pytest.raises(UsageError) as refused:
        ask(ran, sql)
    assert says in refused.value.message
    assert remedy in refused.value.remedy
    assert "\n" not in refused.value.message


def test_sums_are_whole_numbers_and_names_stand_once(ran: Runtime) -> None:
    with asked(ran, "select sum(amount_cents), 1 as a, 2 as a, 1.5::decimal(9, 2) from orders", PLAIN) as found:
        assert found.answer.names == ("sum(amount_cents)", "a", "a_1", "CAST(1.5 AS DECIMAL(9, 2))")
        assert found.answer.types[:3] == ("int64", "int32", "int32")
        ((total, *_),) = found.answer.rows()
    assert total == sum(990 + 1000 * n for n in range(1, 9))


VALUES = (
    "select * from (values (1, '=1+1', timestamptz '2026-03-08 02:00Z', true, null, {'a': [1]}, 1/0, 'a|b'),"
    " (2, '女王', null, false, 2.5, null, 0.5, '')) as t(n, text, moment, yes, part, nested, share, bar)"
)


@pytest.mark.parametrize("ending", WRITERS)
def test_every_kind_of_file(ran: Runtime, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"answer{ending}"
    with asked(ran, VALUES, PLAIN) as found:
        assert write_answer(found, path, "en") == 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    moment = "2026-03-08 10:00:00+08:00"
    if ending == ".csv":
        head, first, second = path.read_text("utf-8-sig").splitlines()
        assert head == "n,text,moment,yes,part,nested,share,bar"
        assert first == f'1,\'=1+1,{moment},true,,"{{""a"": [1]}}",inf,a|b'
        assert second == "2,女王,,false,2.5,,0.5,"
    elif ending == ".json":
        said = json.loads(path.read_text("utf-8"))
        assert said["timezone"] == "Asia/Shanghai"
        assert said["rows"][0]["moment"] == "2026-03-08T10:00:00+08:00"
        assert said["rows"][0]["nested"] == {"a": [1]}
        assert said["rows"][0]["share"] is None
    elif ending == ".md":
        assert path.read_text("utf-8").splitlines()[2].startswith(f"| 1 | =1+1 | {moment} | true |")
        assert "a\\|b" in path.read_text("utf-8")
    elif ending == ".parquet":
        rows: list[Any] = pq.read_table(path).to_pylist()
        assert rows[1]["text"] == "女王"
        assert rows[0]["moment"].isoformat() == "2026-03-08T10:00:00+08:00"
    else:
        sheet = openpyxl.load_workbook(path).active
        assert [cell.value for cell in sheet[2]][:4] == [1, "=1+1", moment, "true"]
        assert sheet["B2"].data_type == "s", "no formula"


def test_an_answer_as_a_record(ran: Runtime) -> None:
    with asked(ran, "select count(*) as n from orders", PLAIN) as found:
        record = answer_rows(found, "zh")
    assert (record.columns[0].name, record.columns[0].type, record.rows) == ("n", "int64", ({"n": 8},))
    with asked(ran, "select 'a\nb' as x", PLAIN) as found:
        import io

        out = io.StringIO()
        print_markdown(found, out)
    assert out.getvalue() == "| x |\n|---|\n| a b |\n"


def test_the_ledger_may_live_on_postgresql(small: Runtime) -> None:
    with postgres() as url, closing(SqlLedger(url)) as ledger:
        small.__dict__["ledger"] = ledger
        run_phase(small, SMALL, "burst", SALE)
        assert ask(small, "select status, count(*), max(sent_at) >= max(occurrence_at) from jobs group by 1") == [
            ("sent", 8, True)
        ]
        assert ask(small, "select sum(cost_cents), min(granted_at) from grants") == [(8000, SALE)]
        later = Asking(calendar=SMALL, as_of=SALE + timedelta(hours=1))
        assert ask(small, "select count(*) from facts where contrast = 'play'", later) == [(8,)]


def test_joined_accounts_are_one_person_in_every_table(tiny: Runtime) -> None:  # noqa: F811
    """M13 is an account of M03; tables without a person are left as they are."""
    how = Asking(calendar="tiny")
    assert ask(tiny, "select count(*) > 0 from contrasts", how) in ([(True,)], [(False,)])
    (found,) = ask(tiny, "select value from metrics where metric = 'buyers' and grain = 'calendar'", how)
    assert found == (8,)


def test_a_calendar_without_runs_has_metrics_too(small: Runtime) -> None:
    rows = ask(small, "select state, count(*) from metrics where metric = 'joins' and grain = 'calendar' group by all")
    assert len(rows) == 1

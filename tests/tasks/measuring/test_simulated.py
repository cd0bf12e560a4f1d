"""Where members responded by a model, everything that is printed or written of it says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from campaign_calendars.values.json import to_json
from promocal.cli import language as spoken
from promocal.cli.budgeting import print_budget
from tasks.analysis.answering import answer_rows, write_answer
from tasks.analysis.asking import Asking, asked
from tasks.documents.markdown import as_markdown
from tasks.measuring.dashboard import dashboard, dashboard_document
from tasks.measuring.measure import measure
from tasks.measuring.metric_document import metric_document, write_metrics
from tasks.measuring.metrics import Asked, compute_metrics
from tasks.planning.budget import budget
from tasks.replayed import Replayed
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF

WORDS = {"en": "SIMULATED", "zh": "模拟数据"}


@pytest.fixture(params=[True, False], ids=["simulated", "real"])
def store(tiny: Runtime, request: pytest.FixtureRequest) -> Runtime:
    return replace(tiny, replayed=Replayed(CALENDAR, AS_OF, simulated=request.param))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_documents_of_metrics_say_it(store: Runtime, lang: str) -> None:
    loaded = store.load_calendar(CALENDAR)
    table = compute_metrics(store, CALENDAR, Asked(("gmv",), AS_OF))
    board = dashboard(store, loaded, Asked((), AS_OF))
    for document in (metric_document(loaded, table, lang), dashboard_document(loaded, board, lang)):
        assert (WORDS[lang] in as_markdown(document)) is store.simulated
        assert (WORDS[lang] in document.foot) is store.simulated, "printed on every page"


def test_programs_are_told(store: Runtime, tmp_path: Path) -> None:
    table = compute_metrics(store, CALENDAR, Asked(("gmv",), AS_OF))
    write_metrics(metric_document(store.load_calendar(CALENDAR), table, "en"), table, tmp_path / "m.parquet")
    assert pq.read_table(tmp_path / "m.parquet")["simulated"].to_pylist() == [store.simulated]
    spent = budget(store, CALENDAR, ahead=False)
    for told in (to_json(table), to_json(measure(store, CALENDAR, AS_OF)), to_json(spent)):
        assert f'"simulated":{str(store.simulated).lower()}' in told.replace(" ", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_budget_in_the_terminal_says_it(
    store: Runtime, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "_settled", lang)
    print_budget(budget(store, CALENDAR, ahead=False))
    assert (WORDS[lang] in capsys.readouterr().out) is store.simulated


def test_answers_in_sql_say_it(store: Runtime, tmp_path: Path) -> None:
    with asked(store, "select count(*) as n from orders", Asking()) as found:
        assert found.simulated is store.simulated
        assert answer_rows(found, "en").simulated is store.simulated
    with asked(store, "select count(*) as n from orders", Asking()) as found:
        write_answer(found, tmp_path / "answer.xlsx", "en")
    (name,) = load_workbook(tmp_path / "answer.xlsx").sheetnames
    assert ("SIMULATED" in name) is store.simulated

"""docs/json.md is made from the records, has every command, and says what the commands really print."""

from __future__ import annotations

import json
from collections import abc
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import click
import pytest
import typer.main
from typer.testing import CliRunner

from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.values.scalars import Text
from promocal.cli.app import application
from promocal.json_page import ALWAYS_JSON, json_page, meanings_of, printed, records_of, type_text
from promocal.scaffold import create_project
from promocal.walkthrough import shorten
from tasks.calendars.learned import learned_file
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from tests.warehouse.ledger.cases import handed_over, job, put
from tests.warehouse.measurement.test_outcomes import written
from warehouse.ledger.records import Outcome, Run
from warehouse.sample.generate import generate

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
CALENDAR = "queens-day-2020"
BEGIN = "2020-02-01T00:00:00+08:00"
UNTIL = "2020-02-20T00:00+08:00"
SOON = "2020-02-04T00:00+08:00"
"""A replay of a few days prints all that one of weeks does."""
ONCE = {
    "weekly mon,thu 11:00": "D-34 11:00",
    "weekly tue 11:00": "D-33 11:00",
    "weekly sat 11:00": "D-29 11:00",
    "daily 20:00": "D-5 20:00",
    "daily 15:00": "D-2 15:00",
    "[D-3 10:30, D+0 09:30]": "D-3 10:30",
    "[D-2 11:00, D-1 11:00]": "D-2 11:00",
}
"""A play that happens once prints all that one of every week does."""
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "check": (f"calendars/{CALENDAR}.yaml",),
    "explain": ("C112",),
    "diff": (CALENDAR, "double-11-2021"),
    "graph": ("double-11-2021",),
    "sheet": ("prices",),
    "sources list": (),
    "sources test": ("--as-of", BEGIN),
    "refresh": (CALENDAR, "--as-of", "2020-02-03T00:00+08:00"),
    "snapshots": (),
    "snapshots show": ("current",),
    "suppress": ("refusals.csv",),
    "receipts import": ("receipts.csv",),
    "receipts show": (),
    "snapshots diff": ("{first}", "current"),
    "snapshots rollback": ("{first}", "--by", "li", "--reason", "a trial"),
    "quality": ("current", "-o", "var/quality.html"),
    "report": (CALENDAR, "--as-of", UNTIL),
    "measure": ("--arms", "arms.csv", "--as-of", UNTIL),
    "metrics": (CALENDAR, "-m", "repeat_rate", "--as-of", UNTIL),
    "plan": (CALENDAR,),
    "budget": (CALENDAR,),
    "plan --what-if": ("caps.all=off", CALENDAR),
    "plan --compare": ("last", "last", CALENDAR),
    "dashboard": (CALENDAR, "--as-of", UNTIL),
    "plan --against": ("last", CALENDAR),
    "plan --people": ("recall-unbought", CALENDAR),
    "points": (CALENDAR,),
    "member identities": ("--conflicts",),
    "status": (),
    "sequence list": (CALENDAR,),
    "sequence show": ("newcomer",),
    "worklist": (CALENDAR,),
    "run": (CALENDAR, "reservoir", "--at", "2020-02-03T10:00+08:00"),
    "replay --against": (CALENDAR, CALENDAR, "--until", SOON),
    "replay --what-if": ("plan=first_come", CALENDAR, "--until", SOON),
    "replay": (CALENDAR, "--until", SOON),
    "why": ("m00000001", "--replay", CALENDAR),
    "audiences": (CALENDAR,),
    "audience show": ("all-members",),
    "sql": ("select member_id, joined_at from members limit 2",),
    "sql --tables": ("orders",),
    "audit": ("--action", "suppress"),
    "values list": (),
    "values learn": (),
    "values show": (),
    "duties list": (CALENDAR,),
    "export pack": (CALENDAR, "--to", "pack", "--no-crowds"),
    "export points": (CALENDAR, "--to", "points.csv", "--as-of", UNTIL),
    "message preview": (CALENDAR, "--play", "recall-unbought"),
    "export ids": (CALENDAR, f"pack/{CALENDAR}.xlsx", "--by", "li"),
    "duties read": (CALENDAR, "duties.csv", "--by", "li"),
    "doctor": ("--offline",),
    "decisions": (),
    "outbox list": ("--limit", "3"),
    "outbox ask": (),
    "halt": ("calendar", CALENDAR, "--reason", "a trial", "--by", "li"),
    "cancel": ("r", "--reason", "a trial", "--by", "li"),
    "backup": ("backup",),
    "restore --check": ("backup",),
    "restore": ("backup", "--replace", "--by", "li"),
    "forget": ("--before", UNTIL, "--by", "li"),
    "approve": (),
    "member export": ("m00000001",),
    "member erase": ("m00000001", "--reason", "asked for it", "--by", "li"),
}
"""How each command is tried; in this order, after a refresh as of the beginning."""
NEEDS_MORE = {"automations", "approve --decision", "approve --by"}
"""Want a Prefect server, or a run that waits: see tests/flows/test_automations.py and test_approving.py."""
_SEQUENCE = """
sequences:
  - {id: newcomer, phase: reservoir, start: joined, audience: all-members, channels: [push], goal: {on: [bought]},
     steps: [{at: +2h, message: messages/member-care.txt}]}
"""
_FORMS: Mapping[Any, type] = {dict: dict, abc.Mapping: dict, tuple: list, list: list}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project with a snapshot, and the id of that."""
    root = tmp_path_factory.mktemp("json") / "shop"
    create_project(root, CALENDAR)
    shorten(root, ONCE, CALENDAR)
    begin = datetime.fromisoformat(BEGIN)
    with (root / "calendars" / f"{CALENDAR}.yaml").open("a", encoding="utf-8") as file:
        file.write(_SEQUENCE)
    generate(root / "data", members=300, seed=5, as_of=begin, dirty=True)
    outcomes = learned_file(root / "var").parent
    outcomes.mkdir(parents=True)
    written(tmp_path_factory.mktemp("outcomes")).rename(outcomes / "spring.parquet")
    (root / "receipts.csv").write_text("receipt,state,content\nnobody,failed,\n", "utf-8")
    (root / "duties.csv").write_text(
        "事项,完成,完成人,完成时间\nloyalty,是,小李,2020-02-01\nno-such,是,小李,\n", "utf-8"
    )
    arms = [f"m{n:08},{'treated' if n % 2 else 'control'},2020-01-20 10:00:00+08:00" for n in range(1, 121)]
    (root / "arms.csv").write_text("\n".join(["member_id,arm,assigned_at", *arms]) + "\n", "utf-8")
    (root / "refusals.csv").write_text("member_id,channel\nnobody,sms\n", "utf-8")
    with closing(open_runtime(root)) as rt:
        snapshot = refresh(rt, CALENDAR, begin).snapshot_id
        run = Run("r", CALENDAR, "presale", begin, snapshot, "d", "started", RunSummary(), begin)
        put(rt.ledger, [job("m00000001", run=run, at=begin, channel=channel) for channel in ("sms", "push")], run=run)
        (lost,) = handed_over(rt.ledger, "push", 1, "w", begin)
        rt.ledger.record([Outcome(lost.intent_key, "unknown")], begin, worker="w")
        return root, snapshot


@pytest.fixture(scope="module")
def outputs(shop: tuple[Path, str]) -> dict[str, Any]:
    """Command → what it printed."""
    root, first = shop
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for command, arguments in COMMANDS.items():
            format_ = () if command in ALWAYS_JSON else ("--format", "json")
            words = [*command.split(), *(each.format(first=first) for each in arguments), *format_]
            done = CliRunner().invoke(application(words), words)
            assert done.exit_code in {0, 1}, f"{command}: {done.output} {done.exception!r}"
            assert done.stdout, f"{command}: {done.output} {done.exception!r}"
            found[command] = json.loads(done.stdout)
    return found


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == json_page(), "run: python -m promocal.reference docs"


def test_every_command_that_prints_json_is_on_the_page() -> None:
    commands = set(_commands_with_format(typer.main.get_command(application())))
    assert commands.isdisjoint(ALWAYS_JSON)
    assert commands | ALWAYS_JSON == {name.partition(" --")[0] for name in printed()}
    assert set(COMMANDS) | NEEDS_MORE == set(printed())


def _commands_with_format(command: click.Command, name: str = "") -> Iterator[str]:
    if any(parameter.name == "format" for parameter in command.params):
        yield name
    for below, found in getattr(command, "commands", {}).items():
        yield from _commands_with_format(found, f"{name} {below}".strip())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_prints_its_record(command: str, outputs: dict[str, Any]) -> None:
    assert list(faults(printed()[command], outputs[command], command)) == []


@pytest.mark.parametrize("command", printed())
def test_every_field_says_what_it_is(command: str) -> None:
    for record in records_of(printed()[command]):
        assert record.__doc__
        assert not record.__doc__.startswith(f"{record.__name__}(")
        assert set(meanings_of(record)) >= {each.name for each in fields(record)}


def test_types_in_words() -> None:
    assert type_text(tuple[datetime, ...]) == "list of moment"
    assert type_text(Mapping[str, int | None]) == "name → whole number or null"
    assert type_text(Literal["a", "b"]) == "`a` or `b`"


def test_a_fault_is_found() -> None:
    record = printed()["snapshots rollback"]
    plain = {"snapshot_id": "a", "before": None, "by": "li", "reason": 3, "more": 1}
    assert list(faults(record, plain, "x")) == ["x: ['more'] beside the record", "x.reason: 3 is no str"]
    assert list(faults(datetime, "2020-02-01T00:00:00", "x")) == ["x: 2020-02-01T00:00:00 has no offset"]


def faults(shape: Any, value: Any, where: str) -> Iterator[str]:
    """What keeps a JSON value from being of a type: keys of records exactly, moments with their offset."""
    origin, arguments = get_origin(shape), get_args(shape)
    if is_dataclass(shape) or shape is Text:
        yield from _record_faults(shape, value, where)
    elif origin is None:
        yield from () if shape is Any else _scalar_faults(shape, value, where)
    elif origin is Literal:
        yield from () if value in arguments else (f"{where}: {value!r} is none of {arguments}",)
    elif not isinstance(value, _FORMS.get(origin, object)):
        yield f"{where}: {value!r} is no {type_text(shape)}"
    elif origin in {dict, abc.Mapping}:
        for name, item in value.items():
            yield from faults(arguments[1], item, f"{where}.{name}")
    elif origin in {tuple, list}:
        shapes = (arguments[0],) * len(value) if Ellipsis in arguments or origin is list else arguments
        for index, (part, item) in enumerate(zip(shapes, value, strict=True)):
            yield from faults(part, item, f"{where}[{index}]")
    else:
        # One of several types must do; of an annotated one only the type counts.
        options = arguments[:1] if origin is Annotated else arguments
        tried = [list(faults(option, value, where)) for option in options]
        yield from () if [] in tried else tried[0]


def _record_faults(shape: Any, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no {shape.__name__}"
        return
    hints = get_type_hints(shape, include_extras=True)
    names = {each.name for each in fields(shape)} if is_dataclass(shape) else set(Text.model_fields)
    if odd := sorted(names ^ set(value)):
        yield f"{where}: {odd} beside the record"
    for name in sorted(names & set(value)):
        yield from faults(hints[name], value[name], f"{where}.{name}")


def _scalar_faults(shape: type, value: Any, where: str) -> Iterator[str]:
    plain: Any = {datetime: str, date: str, Path: str, float: (int, float)}.get(shape, shape)
    if not isinstance(value, plain) or (isinstance(value, bool) and shape is not bool):
        yield f"{where}: {value!r} is no {shape.__name__}"
    elif shape is datetime and datetime.fromisoformat(value).tzinfo is None:
        yield f"{where}: {value} has no offset"
    elif shape is date:
        date.fromisoformat(value)

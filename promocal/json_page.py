"""docs/json.md, made from the records that the commands print.

`printed()` is the table: a command with `--format json` and the record it prints. `json_page()` is
the page: of every record its keys, their types in words, their units, and the text below the field.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import abc
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from campaign_calendars.values.scalars import Text
from campaign_calendars.values.units import Unit

_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    datetime: "moment",
    date: "day",
    Path: "text",
    Text: "text in `zh` and `en`",
    Any: "any value",
    type(None): "null",
}
_UNITS_OF_TYPES: Mapping[Any, str] = {datetime: "ISO 8601 with offset", date: "ISO 8601"}
_UNITS_OF_NAMES = {"cents": "cents", "bytes": "bytes", "size": "bytes"}
ALWAYS_JSON = frozenset({"member export"})
_SEQUENCES = (tuple, list, abc.Sequence, abc.Collection)
_MAPPINGS = (dict, abc.Mapping)


def printed() -> Mapping[str, Any]:
    """Command → the type of what it prints with `--format json`: a record, or a list of one.

    Those of `ALWAYS_JSON` print nothing else and have no such option.
    """
    return {**_of_calendars_and_data(), **_of_runs(), **_of_operations(), **_of_messages(), **_of_plans()}


def _of_calendars_and_data() -> Mapping[str, Any]:
    from campaign_calendars.differences.comparing import CalendarDiff
    from campaign_calendars.time.rows import TimelineTable
    from promocal.cli.authoring import Checked, Explained
    from tasks.calendars.blank_sheets import SheetShown
    from tasks.data.refresh import Refreshed
    from tasks.data.snapshots import RolledBack, SnapshotList, SnapshotShown
    from tasks.data.sources import SourceList
    from tasks.data.suppressions import SuppressionsSaid
    from tasks.reporting.quality import QualityPage
    from warehouse.snapshots.compare import SnapshotChanges
    from warehouse.staging.explain import TestedSources

    return {
        "check": Checked,
        "explain": Explained,
        "diff": CalendarDiff,
        "graph": TimelineTable,
        "sheet": SheetShown,
        "sources list": SourceList,
        "sources test": TestedSources,
        "refresh": Refreshed,
        "suppress": SuppressionsSaid,
        "snapshots": SnapshotList,
        "snapshots show": SnapshotShown,
        "snapshots diff": SnapshotChanges,
        "snapshots rollback": RolledBack,
        "quality": QualityPage,
    }


def _of_runs() -> Mapping[str, Any]:
    from campaign_calendars.duties.states import DutyState
    from campaign_calendars.measuring.elsewhere import ArmsMeasured
    from campaign_calendars.measuring.metrics.figures import MetricsShown
    from campaign_calendars.measuring.sides import SideBySide
    from tasks.data.points import PointsCheck
    from tasks.deciding.rebuilding import DecisionFile
    from tasks.duties.reading_back import DutiesRead
    from tasks.exporting.ids import IdsRead
    from tasks.exporting.pack import PackMade
    from tasks.exporting.points_file import PointsFile
    from tasks.measuring.dashboard import Dashboard
    from tasks.measuring.measurement import Report
    from tasks.outreach.sequences import SequenceRow, SequenceState
    from tasks.planning.budget import BudgetLedger
    from tasks.planning.story import StoryStep
    from tasks.running.audit import AuditPage
    from tasks.running.phase import RunOutcome
    from tasks.running.replay import ReportedReplay
    from warehouse.identity.overview import Identities

    return {
        "report": Report,
        "measure": ArmsMeasured,
        "metrics": MetricsShown,
        "dashboard": Dashboard,
        "run": RunOutcome,
        "decisions": tuple[DecisionFile, ...],
        "replay": ReportedReplay,
        "replay --against": SideBySide,
        "replay --what-if": SideBySide,
        "why": tuple[StoryStep, ...],
        "sequence list": list[SequenceRow],
        "sequence show": SequenceState,
        "budget": BudgetLedger,
        "duties list": tuple[DutyState, ...],
        "export pack": PackMade,
        "duties read": DutiesRead,
        "export ids": IdsRead,
        "export points": PointsFile,
        "points": PointsCheck,
        "member identities": Identities,
        "audit": AuditPage,
    }


def _of_messages() -> Mapping[str, Any]:
    from promocal.cli.receipts import ReceiptsShown
    from tasks.outreach.erasing import Erased, HeldAbout
    from tasks.outreach.halting import CancelledRun, Held
    from tasks.outreach.outbox import LookedUp, OutboxPage
    from tasks.outreach.work_lists import WorkItem
    from tasks.planning.previewing import PreviewedMessage
    from tasks.receipts.taking import Taken

    return {
        "outbox list": OutboxPage,
        "outbox ask": LookedUp,
        "member erase": Erased,
        "member export": HeldAbout,
        "halt": tuple[Held, ...],
        "cancel": CancelledRun,
        "receipts show": ReceiptsShown,
        "receipts import": Taken,
        "worklist": tuple[WorkItem, ...],
        "message preview": tuple[PreviewedMessage, ...],
    }


def _of_operations() -> Mapping[str, Any]:
    from flows.automations import Kept
    from tasks.approving.answering import Answered
    from tasks.approving.judging import Judged
    from tasks.operations.backups import Backup, BackupMade
    from tasks.operations.findings import Examination
    from tasks.operations.overview import ProjectOverview
    from tasks.operations.restoring import Restored
    from tasks.running.forgetting import Forgetting
    from warehouse.ledger.approvals import ApprovalRequest

    return {
        "status": ProjectOverview,
        "doctor": Examination,
        "backup": BackupMade,
        "restore": Restored,
        "restore --check": Backup,
        "forget": Forgetting,
        "approve": tuple[ApprovalRequest, ...],
        "approve --decision": Judged,
        "approve --by": Answered,
        "automations": Kept,
    }


def _of_plans() -> Mapping[str, Any]:
    from tasks.analysis.answering import AnswerRows, TablesShown
    from tasks.calendars.learned import Learned
    from tasks.measuring.learning import Archive
    from tasks.planning.audience_shown import AudienceShown
    from tasks.planning.audiences import AudienceSizes
    from tasks.planning.beside import PeopleComparison, PlannedPeople
    from tasks.planning.comparing import PlanComparison
    from tasks.planning.planned import SaidPlan

    return {
        "plan": SaidPlan,
        "plan --what-if": PlanComparison,
        "plan --compare": PlanComparison,
        "plan --against": PeopleComparison,
        "plan --people": PlannedPeople,
        "audiences": AudienceSizes,
        "audience show": AudienceShown,
        "sql": AnswerRows,
        "sql --tables": TablesShown,
        "values list": Archive,
        "values learn": Learned,
        "values show": Learned,
    }


def json_page() -> str:
    """The page as Markdown: a section for each command, a record where it is met first."""
    parts = ["# JSON output", _INTRODUCTION]
    met: set[type] = set()
    for command, shape in printed().items():
        parts += [f"## promocal {command}", *_section(shape, met)]
    return "\n\n".join(parts) + "\n"


def _section(shape: Any, met: set[type]) -> Iterator[str]:
    if get_origin(shape) in _SEQUENCES:
        yield f"A {type_text(shape)}."
    root, *below = records_of(shape)
    if root not in met:
        met.add(root)
        yield from _record(root)
    for record in below:
        if record not in met:
            met.add(record)
            yield f"### {record.__name__}"
            yield from _record(record)


def _record(record: type) -> Iterator[str]:
    yield " ".join(inspect.cleandoc(record.__doc__ or "").split())
    hints, meanings = get_type_hints(record, include_extras=True), meanings_of(record)
    lines = ["| key | value | unit | meaning |", "|---|---|---|---|"]
    for each in fields(record):
        hint = hints[each.name]
        cells = (f"`{each.name}`", type_text(hint), _unit(each.name, hint), meanings[each.name])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    yield "\n".join(lines)


def records_of(shape: Any) -> list[type]:
    """The records a type is made of, each once, in the order they are met."""
    found: dict[type, None] = {}
    queue = [shape]
    for each in queue:
        if is_dataclass(each) and isinstance(each, type):
            if each not in found:
                found[each] = None
                hints = get_type_hints(each)
                queue += [hints[field.name] for field in fields(each)]
        else:
            queue += [part for part in get_args(each) if not isinstance(part, str)]
    return list(found)


@cache
def meanings_of(record: type) -> dict[str, str]:
    """Field → the text directly below it in the source, of the class and of those it is made from."""
    found: dict[str, str] = {}
    for each in reversed(record.__mro__):
        if is_dataclass(each):
            found |= _texts_below(each)
    if missing := [each.name for each in fields(record) if each.name not in found]:
        raise LookupError(f"{record.__name__} does not say what these are: {', '.join(missing)}")
    return found


def _texts_below(record: type) -> dict[str, str]:
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - the source of a class
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(inspect.cleandoc(text).split())
    return found


def type_text(shape: Any) -> str:
    """A type in words: `list of moment`, `name → whole number`, `text or null`, the name of a record."""
    origin = get_origin(shape)
    if origin is None:
        return _WORDS[shape] if shape in _WORDS else f"[{shape.__name__}](#{_heading(shape)})"
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(shape))
    parts = [type_text(part) for part in get_args(shape) if part is not Ellipsis and not isinstance(part, Unit)]
    if origin in _MAPPINGS:
        return f"name → {parts[1]}"
    if origin in _SEQUENCES:
        return "list of " + ", ".join(parts)
    return " or ".join(parts)


@cache
def _heading(record: type) -> str:
    """The section of a record: its own, or that of the command that prints it."""
    for command, shape in printed().items():
        if records_of(shape)[0] is record:
            return f"promocal-{command.replace(' ', '-')}"
    return record.__name__.lower()


def _unit(name: str, shape: Any) -> str:
    """What a figure is counted in: the mark of its type, or the last word of its name."""
    found = dict.fromkeys(_units_below(shape))
    if not found and (unit := _UNITS_OF_NAMES.get(name.rpartition("_")[2])):
        return unit
    return ", ".join(found)


def _units_below(shape: Any) -> Iterator[str]:
    if get_origin(shape) is Annotated:
        yield from (mark.name for mark in get_args(shape)[1:] if isinstance(mark, Unit))
    if shape in _UNITS_OF_TYPES:
        yield _UNITS_OF_TYPES[shape]
    for part in get_args(shape) if get_origin(shape) is not Literal else ():
        yield from _units_below(part)


_INTRODUCTION = (
    "`--format json` prints one document on standard output and nothing else; messages and progress go to standard"
    " error; `member export` prints JSON without being asked."
    " Keys are stable: new ones may be added, existing ones keep name and meaning. Amounts are whole numbers"
    " of minor units of the store's currency (cents), moments are ISO 8601 with offset, shares are numbers between 0"
    " and 1. Exit codes: 0 ok, 1 problems found, 2 usage, 3 failed, 4 waiting for approval. This page is generated"
    " from the records that are printed (`python -m promocal.reference docs`)."
)

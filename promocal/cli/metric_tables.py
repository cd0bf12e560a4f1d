"""`promocal metrics`: the catalogue of metrics, what one of them means, and the figures of a calendar."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either, language
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, LangOption, Project, Replay

if TYPE_CHECKING:
    from campaign_calendars.measuring.metrics.figures import Explained, MetricTable
    from campaign_calendars.measuring.metrics.metric import Grain, MemberRule
    from tasks.documents.parts import Document, Table
    from tasks.measuring.metrics import Asked
    from tasks.runtime import Runtime


class By(StrEnum):
    calendar = "calendar"
    phase = "phase"
    wave = "wave"
    day = "day"
    month = "month"
    tier = "tier"
    channel = "channel"
    store = "store"
    play = "play"
    arm = "arm"


class Members(StrEnum):
    buyers = "1.0"
    joined = "2.0"
    behaving = "3.0"


class MetricFormat(StrEnum):
    text = "text"
    json = "json"
    xlsx = "xlsx"
    md = "md"
    parquet = "parquet"


_LAYERS = {"result": ("result", "核心指标"), "process": ("what was done", "过程指标")}


_Name = Annotated[str | None, typer.Argument(help="A metric to explain, or a calendar; default: list all.")]
_Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", "-m", help="Metric to compute; once for each. Default: those of the usual board."),
]
_By = Annotated[By, typer.Option("--by", help="By what the figures are told apart.")]
_From = Annotated[str | None, typer.Option("--from", help="First moment of the window; default: that of the calendar.")]
_To = Annotated[
    str | None, typer.Option("--to", help="End of the window, no longer in it; default: that of the calendar.")
]
_Members = Annotated[
    Members | None,
    typer.Option("--members", help="Who is a member: 1.0 bought before, 2.0 joined, 3.0 joined and behaves so."),
]
_OldSince = Annotated[
    str | None,
    typer.Option("--old-since", help="Who joined before it is an old member; default: the calendar's first moment."),
]
_MinOrder = Annotated[
    str | None, typer.Option("--min-order", help="Amount below which an order is none, such as 1.00.")
]
_MinPairs = Annotated[
    int, typer.Option("--min-pair-orders", min=1, help="Pairs of articles of fewer orders are not shown.")
]
_Target = Annotated[
    Path | None, typer.Option("--output", "-o", help="Where to write it; ends with .xlsx, .md or .parquet.")
]
_Format = Annotated[
    MetricFormat, typer.Option("--format", help="text and json print; xlsx, md and parquet write such a file.")
]


def metrics(
    name: _Name = None,
    metric: _Metrics = None,
    project: Project = Path(),
    replay: Replay = None,
    by: _By = By.calendar,
    since: _From = None,
    until: _To = None,
    as_of: AsOf = None,
    members: _Members = None,
    old_since: _OldSince = None,
    min_order: _MinOrder = None,
    min_pair_orders: _MinPairs = 5,
    target: _Target = None,
    format: _Format = MetricFormat.text,
    lang: LangOption = None,
) -> None:
    """List the metrics, explain one (promocal metrics repeat_rate), or compute them (promocal metrics CALENDAR)."""
    from campaign_calendars.measuring.metrics.catalogue import metric_ids
    from campaign_calendars.measuring.metrics.figures import MetricsShown, explained

    if name is None or (name in metric_ids() and not metric):
        _explain(name, format, target)
        return
    _require_ending(target, format)
    with opened(project, replay=replay, quiet=format is MetricFormat.json, data_of=name, labelled=True) as rt:
        asked = _asked(
            rt, metric, by.value, members.value if members else None,
            moments=tuple(moment_or_none(one, project, name) for one in (since, until, as_of, old_since)),
            min_order=min_order, min_pairs=min_pair_orders,
        )  # fmt: skip
        table, document = _computed(rt, name, asked, lang.value if lang else language())
        if format is MetricFormat.json:
            output.print_json(MetricsShown(tuple(explained(one) for one in table.names), table))
        elif format is MetricFormat.text and target is None:
            print_document(document)
        else:
            _write(rt, document, table, target, format)


def _explain(name: str | None, format: MetricFormat, target: Path | None) -> None:
    from campaign_calendars.measuring.metrics.catalogue import metric_ids
    from campaign_calendars.measuring.metrics.figures import MetricsShown, explained

    shown = [explained(one) for one in (metric_ids() if name is None else [name])]
    if format is MetricFormat.json:
        output.print_json(MetricsShown(tuple(shown), None))
    elif format is not MetricFormat.text or target:
        raise UsageError(
            ("a file is written of figures, and no calendar is named", "没有指定日历，没有可写入文件的数值"),
            ("write promocal metrics CALENDAR", "请写 promocal metrics 日历"),
        )
    elif name is None:
        _print_list(shown)
    else:
        _print_explained(shown[0])


def _asked(
    rt: Runtime,
    names: list[str] | None,
    by: Grain,
    members: MemberRule | None,
    *,
    moments: tuple[datetime | None, ...],
    min_order: str | None,
    min_pairs: int,
) -> Asked:
    from tasks.measuring.metrics import DASHBOARD, Asked, told_by

    since, until, as_of, old_since = moments
    wanted = tuple(dict.fromkeys(names)) if names else tuple(one for one in DASHBOARD if told_by(one, by))
    if not wanted:
        raise UsageError(
            (f"nothing of the usual board is told by {by}", f"常用看板中没有可按 {by} 计算的指标"),
            ("name metrics with -m; promocal metrics lists them", "请用 -m 指定指标；promocal metrics 可列出全部"),
        )
    least = _cents(min_order) if min_order else 0
    return Asked(wanted, as_of or rt.clock(), by, since, until, members, old_since, least, min_pairs)


def _cents(text: str) -> int:
    from campaign_calendars.values.scalars import parse_money

    try:
        return parse_money(text)
    except ValueError:
        raise UsageError(
            (f"{text!r} is no amount", f"{text!r} 不是金额"), ("write it like 1.00", "请写成 1.00")
        ) from None


def _computed(rt: Runtime, calendar: str, asked: Asked, lang: str) -> tuple[MetricTable, Document]:
    from tasks.measuring.metric_document import metric_document
    from tasks.measuring.metrics import compute_metrics

    table = compute_metrics(rt, calendar, asked)
    return table, metric_document(rt.load_calendar(calendar), table, lang)


def _require_ending(target: Path | None, format: MetricFormat) -> None:
    printed = format in {MetricFormat.text, MetricFormat.json}
    if target is not None and not printed and target.suffix.lower() != f".{format.value}":
        raise UsageError(
            (f"--format {format.value} does not write {target.name}", f"--format {format.value} 写不出 {target.name}"),
            ("leave out --format: the ending of -o says what is written", "请去掉 --format：-o 的后缀决定文件类型"),
        )


def _write(rt: Runtime, document: Document, table: MetricTable, target: Path | None, format: MetricFormat) -> None:
    from tasks.measuring.metric_document import write_metrics

    file = target or rt.reports_dir / f"{table.calendar}-metrics.{format.value}"
    write_metrics(document, table, file)
    output.console().print(either("Written: [bold]{file}[/]", "已写入：[bold]{file}[/]", file=output.escape(str(file))))


_FOLDED = 12
"""Rows of a table for whoever wants it that a terminal shows all the same."""
_TONES = {"plain": "{}", "strong": "[bold]{}[/]", "warning": "[yellow]{}[/]", "small": "[dim]{}[/]"}


def print_document(document: Document) -> None:
    """Tables and texts of a document on the terminal."""
    from tasks.documents.parts import Paragraph, Table

    out = output.console()
    out.print(f"[bold]{output.escape(document.title)}[/]  {output.escape(document.about)}", "")
    for section in document.sections:
        out.print(f"[bold]{output.escape(section.title)}[/]")
        for part in section.parts:
            if isinstance(part, Table) and part.folded and len(part.rows) > _FOLDED:
                said = either("{title}: {n} rows, in the file that -o writes", "{title}：共 {n} 行，见 -o 写出的文件",
                              title=part.title, n=len(part.rows))  # fmt: skip
                out.print(f"[dim]{output.escape(said)}[/]", "")
            elif isinstance(part, Table):
                _print_table(part)
            elif isinstance(part, Paragraph):
                out.print(_TONES[part.tone].format(output.escape(part.text)))
        out.print()


def _print_table(part: Table) -> None:
    from promocal.cli.fitting import FittingTable
    from tasks.documents.parts import in_figures

    made = FittingTable(header_style="dim", box=None, pad_edge=False)
    for head in part.head:
        made.add_column(output.escape(head))
    for row in part.rows:
        made.add_row(*(output.escape(in_figures(value)) for value in row))
    if part.title:
        output.console().print(output.escape(part.title))
    output.console().print(made, "")


def _print_list(shown: list[Explained]) -> None:
    from campaign_calendars.measuring.metrics.catalogue import BLOCKS

    zh = language() == "zh"
    for block, names in BLOCKS.items():
        table = output.table("", "metric", "meaning", "told by")
        for one in (one for one in shown if one.block == block):
            table.add_row(one.metric, one.title_zh if zh else one.title, " ".join(one.grains))
        output.console().print(f"[bold]{names[zh]}[/]", table, "")
    said = either(
        "{count} metrics. promocal metrics NAME explains one; promocal metrics CALENDAR -m NAME computes it.",
        "共 {count} 个指标。promocal metrics 指标 查看说明；promocal metrics 日历 -m 指标 计算。",
        count=len(shown),
    )
    output.say(said)


def _print_explained(one: Explained) -> None:
    from campaign_calendars.measuring.metrics.needs import needed

    zh = language() == "zh"
    out = output.console()
    out.print(f"[bold]{output.escape(one.title_zh if zh else one.title)}[/]  {one.metric}", "")
    out.print(output.escape(one.formula_zh if zh else one.formula))
    note = one.note_zh if zh else one.note
    if note:
        out.print("", output.escape(note))
    whose = {
        "definition": either("members by the store's definition (--members)", "会员，按店铺口径（--members）"),
        "joined": either("who has joined (definition 2.0)", "已入会的人（2.0 口径）"),
        "none": either("everybody", "全部"),
    }[one.members]
    lines = [
        (either("whose", "范围"), whose),
        (either("kind", "性质"), _LAYERS[one.layer][zh]),
        (either("by", "可按"), ", ".join(one.grains)),
        (either("needs", "需要"), either(", ", "、").join(needed(need)[zh] for need in one.needs)),
        (either("adds up", "可否相加"), either("no: distinct persons", "否：按人去重") if one.distinct else ""),
        (either("beside", "一并查看"), ", ".join(one.beside)),
        (either("source", "来源"), one.source),
    ]
    out.print()
    for head, text in lines:
        if text:
            out.print(f"[dim]{head}{either(': ', '：')}[/]{output.escape(text)}")

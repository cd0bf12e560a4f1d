"""`promocal measure`: an experiment that ran in another tool."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import AsOf, FormatOption, OutputFormat, Project, parse_moment
from promocal.cli.words import word

if TYPE_CHECKING:
    from campaign_calendars.measuring.elsewhere import ArmsMeasured
    from campaign_calendars.measuring.lift import Arm, Contrast
    from warehouse.snapshots.snapshot import Snapshot

_NO_MARGIN: Said = (
    "What is left after cost is not known: write --margin, such as --margin 40%.",
    "扣除成本后剩余多少无法得知：请写 --margin，如 --margin 40%。",
)
_NO_COSTS: Said = (
    "What is left after cost is not known: the file has no column cost with what each member cost.",
    "扣除成本后剩余多少无法得知：文件中没有每位会员的成本（cost 列）。",
)


_Assigned = Annotated[
    str | None, typer.Option("--assigned-at", help="Moment at which all were assigned, where the file does not say.")
]
_Zone = Annotated[
    str | None, typer.Option("--timezone", help="Time zone of moments without offset, such as Asia/Shanghai.")
]
_Margin = Annotated[
    str | None, typer.Option("--margin", help="Share of sales that is left before benefits, such as 40%.")
]
_Currency = Annotated[str | None, typer.Option("--currency", help="Currency of amounts, where the file names none.")]
_Decimal = Annotated[
    str | None, typer.Option("--decimal", help="What stands before the decimals of amounts: . or , (1.234,50).")
]
_Until = Annotated[
    str | None,
    typer.Option("--until", help="When it ends; before that the intervals are wider, and may be read daily."),
]
_Control = Annotated[
    str | None,
    typer.Option(help="The arm the others are compared with; default: the one called control or 对照组."),
]
_DrawnBy = Annotated[
    str | None,
    typer.Option(
        "--drawn-by",
        help="Column with the regions that were drawn as a whole, or member; default: a column region, if any.",
    ),
]


def measure(
    arms: Annotated[
        Path,
        typer.Option(
            "--arms",
            help="CSV, workbook or Parquet: member_id, arm, assigned_at; bought, orders, revenue, cost if it has them.",
        ),
    ],
    project: Project = Path(),
    share: Annotated[
        list[str] | None,
        typer.Option("--share", help="Share an arm was drawn with, such as treated=90%; once for each arm."),
    ] = None,
    control: _Control = None,
    assigned_at: _Assigned = None,
    until: _Until = None,
    timezone: _Zone = None,
    margin: _Margin = None,
    currency: _Currency = None,
    decimal: _Decimal = None,
    drawn_by: _DrawnBy = None,
    as_of: AsOf = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Measure an experiment that ran in another tool: arms from a file, the same figures and verdicts as a calendar."""
    from tasks.measuring.elsewhere import measure_arms

    zone = zone_of(timezone) if timezone else None

    def moment(text: str | None) -> datetime | None:
        return parse_moment(text, zone) if text and zone else moment_or_none(text, project)

    found = measure_arms(
        _file(arms),
        _snapshot(project),
        as_of=moment(as_of) or datetime.now(UTC),
        until=moment(until),
        control=control,
        shares=share or (),
        margin=_share(margin) if margin else None,
        currency=currency,
        zone=zone,
        assigned_at=moment(assigned_at),
        decimal=_mark(decimal) if decimal else None,
        drawn_by=drawn_by,
    )
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        print_arms(found, zone)


def _file(path: Path) -> Path:
    if not path.is_file():
        raise UsageError((f"there is no file {path}", f"没有文件 {path}"), ("check its name", "请检查文件名"))
    return path


def _snapshot(project: Path) -> Snapshot | None:
    """The project's current snapshot; None where there is no project: then outcomes are columns of the file."""
    from campaign_calendars.findings.errors import SnapshotMissingError

    if not (project / "promocal.toml").is_file():
        return None
    with opened(project) as rt:
        try:
            return rt.current_snapshot()
        except SnapshotMissingError:
            return None


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name. UsageError: there is none of it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            (f"{name!r} is no time zone", f"{name!r} 不是时区"), ("write Asia/Shanghai", "请写 Asia/Shanghai")
        ) from None


def _mark(text: str) -> Literal[".", ","]:
    if text == ".":
        return "."
    if text in (",", "，"):
        return ","
    raise UsageError(
        (f"{text!r} is no decimal mark", f"{text!r} 不是小数点"),
        ("write --decimal . or --decimal ,", "请写 --decimal . 或 --decimal ,"),
    )


def _share(text: str) -> float:
    try:
        share = float(text.strip().removesuffix("%").removesuffix("％")) / 100
    except ValueError:
        share = -1.0
    if not text.strip().endswith(("%", "％")) or not 0 < share <= 1:
        raise UsageError((f"{text!r} is no margin", f"{text!r} 不是毛利率"), ("write it like 40%", "请写成 40%"))
    return share


def print_arms(found: ArmsMeasured, zone: ZoneInfo | None) -> None:
    """Arms, contrasts and what they say."""
    from campaign_calendars.measuring.regions import told_of_regions
    from campaign_calendars.measuring.worth import worth_in_words
    from promocal.cli.tables import moment

    out = output.console()
    at = f"{moment(found.as_of.astimezone(zone or UTC))} {zone or 'UTC'}"
    title = either("{file} as of {at}", "{file}，截至 {at}", file=found.file, at=at)
    rows = output.table(title, "arm", "drawn", "members", "buyers", "conversion", "paid by a member")
    for name, arm in found.arms.items():
        rows.add_row(output.escape(name), *_figures(arm, found.shares.get(name)))
    out.print(rows, "")
    effects = output.table(
        either("Against {control}", "对比 {control}", control=found.control),
        "arm", "points of conversion", "interval", "verdict", "in money",
    )  # fmt: skip
    for name, one in found.contrasts.items():
        money = word(one.money.verdict) if one.money else "–"
        effects.add_row(output.escape(name), *_difference(one), word(one.verdict), money)
    out.print(effects, "")
    many = len(found.contrasts) > 1
    for name, one in found.contrasts.items():
        head = f"{name}: " if many else ""
        told = worth_in_words(one, found.currency, no_margin=_NO_MARGIN if found.costs else _NO_COSTS)
        of_regions = told_of_regions(one.regions) if one.regions is not None else []
        for said in dict.fromkeys([*told, *of_regions]):
            out.print(output.escape(head + translated(said)))
    from campaign_calendars.measuring.elsewhere import told_of_file

    for said in told_of_file(found):
        out.print(output.escape(translated(said)))


def _figures(arm: Arm, share: float | None) -> tuple[str, ...]:
    rate = "–" if arm.rate is None else f"{arm.rate:.2%}"
    paid = output.money(round(arm.spend_cents / arm.members)) if arm.members and arm.sums else "–"
    return ("–" if share is None else f"{share:.1%}", f"{arm.members:,}", f"{arm.buyers:,}", rate, paid)


def _difference(found: Contrast) -> tuple[str, str]:
    span = found.while_running or found.interval
    if found.difference is None or span is None:
        return "–", "–"
    return f"{found.difference * 100:+.2f}", f"[{span[0] * 100:+.2f}, {span[1] * 100:+.2f}]"

"""`promocal values`: outcomes of earlier campaigns, and the responses they teach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, OutputFormat, Project, Replay

if TYPE_CHECKING:
    from tasks.calendars.learned import Learned
    from tasks.measuring.learning import Archive

app = typer.Typer(help="What earlier campaigns teach about responses.", no_args_is_help=True)
_SOURCES = {
    "assumed": ("assumed", "假设"),
    "observational": ("no control group", "无对照组"),
    "experimental": ("random control group", "随机对照组"),
}


@app.callback()
def _values() -> None:
    """What earlier campaigns teach about responses."""


@app.command("list")
def list_(project: Project = Path(), replay: Replay = None, format: FormatOption = OutputFormat.text) -> None:
    """The campaigns whose outcomes are kept: they are, once a campaign is measured after its end."""
    from tasks.measuring.learning import archived

    with opened(project, replay=replay) as rt:
        found = archived(rt)
    if format is OutputFormat.json:
        output.print_json(found)
    else:
        _print_archive(found)


@app.command()
def learn(project: Project = Path(), replay: Replay = None, format: FormatOption = OutputFormat.text) -> None:
    """Learn responses from all outcomes that are kept, for calendars with `values: {learned: true}`."""
    from tasks.measuring.learning import learn_responses

    with opened(project, replay=replay) as rt:
        found = learn_responses(rt)
    _print_learned(found, format)


@app.command()
def show(project: Project = Path(), replay: Replay = None, format: FormatOption = OutputFormat.text) -> None:
    """The responses that were learnt last."""
    from tasks.calendars.learned import read_learned

    with opened(project, replay=replay) as rt:
        found = read_learned(rt.settings.state)
    if found is None:
        raise UsageError(
            ("nothing was learnt yet", "尚未学习任何响应"),
            ("run promocal values learn", "请运行 promocal values learn"),
        )
    _print_learned(found, format)


def _print_archive(found: Archive) -> None:
    if not found.campaigns:
        output.console().print(
            either(
                "No outcomes are kept yet: run `promocal report CALENDAR` after a campaign.",
                "尚无活动结果：请在活动结束后运行 promocal report 日历。",
            )
        )
        return
    rows = output.table("Outcomes", "calendar", "outcomes", "members", "held out", "explored", "benefits", "known when")
    for one in found.campaigns:
        counts = (f"{n:,}" for n in (one.outcomes, one.members, one.held_out, one.explored, one.benefits))
        rows.add_row(output.escape(one.calendar), *counts, f"{one.known_when:%Y-%m-%d %H:%M}")
    output.console().print(rows)


def _print_learned(found: Learned, format: OutputFormat) -> None:
    if format is OutputFormat.json:
        output.print_json(found)
        return
    rows = output.table(
        "Learned responses",
        "phase",
        "benefit",
        "tier",
        "response",
        "without",
        "uplift",
        "members",
        "held out",
        "source",
    )
    for one in found.responses:
        uplift = "–" if one.without is None else f"{(one.response - one.without) * 100:+.2f}"
        rows.add_row(
            one.phase_kind,
            output.escape(one.benefit or "–"),
            output.escape(one.tier or either("everybody else", "其余")),
            f"{one.response:.2%}",
            "–" if one.without is None else f"{one.without:.2%}",
            uplift,
            f"{one.members:,}",
            f"{one.held_out:,}",
            translated(_SOURCES[one.source]),
        )
    output.console().print(rows)
    unproven = sum(one.source != "experimental" for one in found.responses)
    if unproven:
        output.console().print(
            either(
                "{n} of them have no random control group: a rate of response is no uplift, and `baseline` stands for"
                " what happens without.",
                "其中 {n} 项没有随机对照组：响应率不是增量，不触达的情形以 baseline 计。",
                n=unproven,
            )
        )

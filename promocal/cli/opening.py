"""The runtime of a command: opened in a `with`, closed on any way out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import translated

if TYPE_CHECKING:
    from tasks.runtime import Runtime


@contextmanager
def opened(
    project: Path,
    *,
    replay: str | None = None,
    quiet: bool = True,
    data_of: str | None = None,
    labelled: bool = False,
) -> Iterator[Runtime]:
    """The project's runtime, or that of a calendar's last replay in it.

    Not `quiet`: a line on terminals says what it is doing. `data_of`: a calendar without whose data there is nothing to
    do; where they are missing, that is said at once. Where members responded by a model, a line beside the answer
    says so, unless the answer itself is `labelled`.
    """
    if data_of is not None and replay is None:
        from promocal.cli.looking import look_first

        look_first(project, data_of)
    from tasks.runtime import finished_replay, open_runtime

    with (
        output.progress(quiet=quiet) as say,
        open_runtime(project, progress=say) as rt,
        finished_replay(rt, replay) if replay is not None else nullcontext(rt) as inside,
    ):
        if inside.simulated and not labelled:
            _say_simulated()
        yield inside


def _say_simulated() -> None:
    from tasks.measuring.metric_document import SIMULATED

    output.say(typer.style(translated(SIMULATED), fg="yellow"), stream="stderr")


def redrawing(rt: Runtime, calendar: str, reason: str | None, by: str) -> None:
    """Write down who decides that control groups are drawn otherwise, and why; nothing without a reason."""
    from tasks.deciding.draws import redraw

    if reason is None:
        return
    if not reason.strip() or not by.strip():
        raise UsageError(
            ("control groups are drawn anew by somebody, for a reason", "改变对照组的抽取须写明由谁、为何"),
            ("write --redraw REASON --by NAME", "请写 --redraw 原因 --by 姓名"),
        )
    redraw(rt, rt.load_calendar(calendar), reason=reason, by=by)


def named_calendar(name: str, *, own: bool = False) -> Path:
    """The file of a calendar named by path or id; says beside the output which one an id meant.

    With `own` a shipped calendar will not do: UsageError.
    """
    from tasks.calendars.lookup import find_calendar

    named = find_calendar(name)
    if own and named.shipped:
        raise UsageError(
            (f"{name} comes with promocal and is not changed", f"{name} 是 promocal 自带的日历，不可改动"),
            (
                f"promocal new . --from {name} makes it the project's own",
                f"promocal new . --from {name} 可将其加入项目",
            ),
        )
    if named.by_id:
        output.say(typer.style(translated(named.said()), dim=True), stream="stderr")
    return named.path

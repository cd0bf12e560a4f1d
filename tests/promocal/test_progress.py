"""The line of progress is gone before anything is said: `已写入 plan.html` does not stand behind a spinner."""

from __future__ import annotations

import io
import sys
from functools import cache

import pytest
from rich.console import Console

from promocal.cli import output
from promocal.cli.drawing import PlainConsole
from promocal.cli.underway import underway


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal that shows both streams."""
    shown = io.StringIO()
    consoles = {
        "stderr": PlainConsole(file=shown, force_terminal=True, width=80),
        "stdout": PlainConsole(file=shown, width=80),
    }
    monkeypatch.setattr(output, "console", cache(lambda stream="stdout": consoles[stream]))
    monkeypatch.setattr(sys, "stdout", shown)
    return shown


@pytest.mark.parametrize("how", ["say", "print"])
def test_what_is_said_does_not_stand_behind_the_line_of_progress(terminal: io.StringIO, how: str) -> None:
    with output.progress() as tell:
        tell(("planning", "正在规划"))
        if how == "say":
            output.say("Written: plan.html")
        else:
            output.console().print("Written: plan.html")
        before = terminal.getvalue().partition("Written")[0]
        tell(("more", "还有"))
    assert before.endswith("\x1b[2K") or "\x1b[?25h" in before  # the line is erased and the cursor is back
    assert "\x1b[?25h" in before


def test_drawing_itself_does_not_end_it(terminal: io.StringIO) -> None:
    with output.progress() as tell:
        tell(("planning", "正在规划"))
        status = underway
        assert len(status) == 1
        assert isinstance(output.console("stderr"), Console)
        output.console("stderr")._live_stack[-1].refresh()
        assert len(underway) == 1
    assert underway == []

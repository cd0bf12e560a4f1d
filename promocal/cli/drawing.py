"""A console that reads only our own few styles: brackets in titles and names are text, and printing never fails."""

from __future__ import annotations

import re
from typing import Any

from rich.control import Control
from rich.errors import MarkupError
from rich.markup import escape
from rich.text import Text

from promocal.cli.breaking import BreakingConsole
from promocal.cli.underway import hush

_TAG = re.compile(r"(?P<guard>\\*)(?P<tag>\[(?P<style>[a-z#/@][^\[\]]*)\])")
_OURS = frozenset({"/", "bold", "dim", "yellow", "green", "red", "cyan"})


class PlainConsole(BreakingConsole):
    """Markup with a style that is not ours is text as it was written, and so is markup that does not close."""

    def print(self, *objects: Any, **how: Any) -> None:
        """As of `Console`, once the line of progress is away."""
        if not (objects and isinstance(objects[0], Control)):  # which is how that line draws itself
            hush()
        super().print(*objects, **how)

    def render_str(self, text: str, **how: Any) -> Text:
        """The text with our styles; never a MarkupError: what was done before must not end in one."""
        try:
            return super().render_str(_TAG.sub(_as_text, text), **how)
        except MarkupError:
            return super().render_str(escape(text), **how)


def _as_text(found: re.Match[str]) -> str:
    if found["guard"] or found["style"] in _OURS:
        return found[0]
    return "\\" + found["tag"]

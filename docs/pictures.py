"""Pictures of the terminal for the docs: a command's output at 80 columns, as SVG.

Usage: python docs/pictures.py PROJECT, a project with a snapshot and runs (`build/demo`). Written again by hand when
an output changes; nothing else needs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

WIDTH = 80
CELL, LINE, SIZE, MARGIN = 8.4, 19, 14, 14
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">
<style>
rect {{ fill: #fbfbfa; stroke: #d8d8d4 }}
text {{ font: {size}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace }}
text {{ fill: #23262a }}
.bold {{ font-weight: 700 }}
.dim {{ fill: #767b82 }}
</style>
<rect width="100%" height="100%" rx="8"/>
{rows}
</svg>
"""
HERE = Path(__file__).parent / "pictures"
CALENDAR = "queens-day-2020"
PICTURES = {
    "plan": (["plan", CALENDAR], {"en": ("Occurrences: burst", 33), "zh": ("每次触达：burst", 33)}),
    "status": (["status"], {"en": ("Snapshot", 24), "zh": ("快照", 24)}),
}
"""Name → command, and by language where the picture begins and how many lines it has."""


def output(project: Path, command: list[str], lang: str) -> list[Text]:
    """What a command says on a terminal of 80 columns."""
    env = {**os.environ, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"}
    whole = [sys.executable, "-m", "promocal", "--lang", lang, *command]
    said = subprocess.run(whole, cwd=project, env=env, capture_output=True, text=True, check=True)  # noqa: S603
    return [Text.from_ansi(line) for line in said.stdout.splitlines()]


def svg(lines: list[Text]) -> str:
    """Lines as SVG; every run of one style has exactly the width of its cells, Chinese ones two each."""
    console = Console(width=WIDTH)
    rows = []
    for number, line in enumerate(lines):
        column = 0
        for run in line.render(console):
            cells = cell_len(run.text)
            if run.text.strip():
                style = run.style if isinstance(run.style, Style) else Style()
                kind = "".join(f" {name}" for name in ("bold", "dim") if getattr(style, name))
                place = f'x="{MARGIN + column * CELL:g}" y="{MARGIN + number * LINE + SIZE:g}"'
                rows.append(
                    f'<text{f" class={kind.strip()!r}" if kind else ""} {place} textLength="{cells * CELL:g}"'
                    f' xml:space="preserve">{escape(run.text)}</text>'.replace("'", '"')
                )
            column += cells
    width, height = 2 * MARGIN + WIDTH * CELL, 2 * MARGIN + len(lines) * LINE
    return SVG.format(width=width, height=height, size=SIZE, rows="\n".join(rows))


def main(project: Path) -> None:
    HERE.mkdir(exist_ok=True)
    for name, (command, places) in PICTURES.items():
        for lang, (begin, lines) in places.items():
            path = HERE / f"{name}.{lang}.svg"
            said = output(project, command, lang)
            start = next(n for n, line in enumerate(said) if begin in line.plain)
            path.write_text(svg(said[start : start + lines]), "utf-8")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

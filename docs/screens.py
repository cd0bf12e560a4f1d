"""A terminal's lines as SVG, with the colours it has; Neovim in a terminal of tmux."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.color import ColorType
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import MONOKAI, TerminalTheme
from rich.text import Text

CELL, LINE, SIZE, MARGIN = 8.4, 19, 14, 14
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">
<style>
.page {{ fill: {paper}; stroke: #d8d8d4 }}
text {{ font: {size}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace }}
text {{ fill: {ink} }}
.bold {{ font-weight: 700 }}
.dim {{ fill: #767b82 }}
</style>
<rect class="page" width="100%" height="100%" rx="8"/>
{rows}
</svg>
"""
LIGHT = ("#fbfbfa", "#23262a")
DARK = ("#1e1f22", "#d4d4d4")
_SECONDS = 60
_UNDERLINE = re.compile(r"\x1b\[58[;:][\d;:]*m")
"""The colour of an underline, which rich would take for something else."""
_INIT = """
vim.o.number = true
vim.o.signcolumn = "yes"
vim.o.background = "dark"
vim.cmd("syntax on")
vim.cmd("highlight SignColumn ctermbg=NONE")
vim.diagnostic.config({ virtual_text = { prefix = "■" } })
vim.lsp.start_client_id = vim.lsp.start_client({ name = "promocal", cmd = { "promocal", "lsp", "--lang", "LANG" },
  root_dir = vim.fn.getcwd() })
vim.api.nvim_create_autocmd("FileType", { pattern = "yaml",
  callback = function(event) vim.lsp.buf_attach_client(event.buf, vim.lsp.start_client_id) end })
"""


def svg(lines: list[Text], width: int, paper: tuple[str, str] = LIGHT) -> str:
    """Lines as SVG; every run of one style has exactly the width of its cells, Chinese ones two each."""
    console, rows = Console(width=width), []
    for number, line in enumerate(lines):
        column = 0
        for run in line.render(console):
            cells = cell_len(run.text)
            style = run.style if isinstance(run.style, Style) else Style()
            x, y, wide = MARGIN + column * CELL, MARGIN + number * LINE, cells * CELL
            if back := _colour(style, foreground=False):
                rows.append(f'<rect x="{x:g}" y="{y - 1:g}" width="{wide:g}" height="{LINE}" fill="{back}"/>')
            if run.text.strip():
                kind = " ".join(name for name in ("bold", "dim") if getattr(style, name))
                fill = _colour(style, foreground=True)
                how = (f' class="{kind}"' if kind else "") + (f' style="fill: {fill}"' if fill else "")
                place = f'x="{x:g}" y="{y + SIZE:g}" textLength="{wide:g}"'
                rows.append(f'<text{how} {place} xml:space="preserve">{escape(run.text)}</text>')
            column += cells
    across, down = 2 * MARGIN + width * CELL, 2 * MARGIN + len(lines) * LINE
    return SVG.format(width=across, height=down, size=SIZE, rows="\n".join(rows), paper=paper[0], ink=paper[1])


def _colour(style: Style, *, foreground: bool, theme: TerminalTheme = MONOKAI) -> str:
    """The colour of a style as CSS; empty where it is the terminal's own."""
    if style.reverse:
        foreground = not foreground
    found = style.color if foreground else style.bgcolor
    if found is None or found.type is ColorType.DEFAULT:
        return ""
    return found.get_truecolor(theme, foreground=foreground).hex


def neovim(project: Path, file: str, *, line: int, until: str, lang: str, size: tuple[int, int]) -> list[Text]:
    """What Neovim shows of a file with `promocal lsp` once `until` stands on the screen; line `line` is at the top."""
    init = project / "init.lua"
    init.write_text(_INIT.replace("LANG", lang), "utf-8")
    edit = shlex.join(["nvim", "-u", str(init), "-n", f"+normal! {line}Gzt", file])
    wide, high = map(str, size)
    _tmux("new-session", "-d", "-x", wide, "-y", high, "-c", str(project), edit)
    try:
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            shown = _tmux("capture-pane", "-e", "-p")
            lines = [Text.from_ansi(_UNDERLINE.sub("", row)) for row in shown.splitlines()]
            if any(until in row.plain for row in lines):
                return lines
            time.sleep(0.5)
        raise TimeoutError(f"{until!r} does not stand on the screen:\n{shown}")
    finally:
        _tmux("kill-server")
        init.unlink()


def _tmux(*words: str) -> str:
    """A command to a tmux of our own, without anybody's settings; what it prints."""
    whole = ["tmux", "-L", "promocal-docs", "-f", "/dev/null", "-u", *words]
    return subprocess.run(whole, check=True, capture_output=True, text=True).stdout  # noqa: S603

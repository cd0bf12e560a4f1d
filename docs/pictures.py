"""Pictures for the docs: the terminal at 80 columns and Neovim as SVG, pages in Chromium as PNG.

Usage: python docs/pictures.py PROJECT, a project with a snapshot and runs (`build/demo`), for terminal and report, or
python docs/pictures.py --tutorials FOLDER, which follows the tutorials there in both languages, where that is not done
yet, and pictures what comes of them (needs Chromium, Neovim and tmux), or
python docs/pictures.py --board FOLDER, which lives through a week of a generated shop there.
Written again by hand when an output changes; nothing else needs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from screens import DARK, neovim, svg  # noqa: E402 - beside this script

from campaign_calendars.reading.loading import LoadedCalendar  # noqa: E402
from promocal.scaffold import create_project  # noqa: E402 - found beside this script
from tasks.board.shelf import Shelf  # noqa: E402
from tasks.data.refresh import refresh  # noqa: E402
from tasks.planning.applying import begin_apply, end_apply  # noqa: E402
from tasks.planning.beside import make  # noqa: E402
from tasks.running.expecting import expect_runs, look_after  # noqa: E402
from tasks.running.phase import run_if_due  # noqa: E402
from tasks.running.replay import moments  # noqa: E402
from tasks.runtime import open_runtime  # noqa: E402
from tests.docs.following import Reader, shells  # noqa: E402 - the tutorials are followed as the tests do it
from tests.docs.pages import Command, steps  # noqa: E402
from tests.flows.browser import chromium  # noqa: E402

WIDTH, WIDE = 80, 110
HERE = Path(__file__).parent / "pictures"
CALENDAR = "queens-day-2020"
PICTURES = {
    "plan": (["plan", CALENDAR], {"en": ("Occurrences: burst", 33), "zh": ("每次触达：burst", 33)}),
    "status": (["status"], {"en": ("Snapshot", 24), "zh": ("快照", 24)}),
}
"""Name → command, and by language where the picture begins and how many lines it has."""
FILE = "calendars/tea-week.yaml"
TUTORIALS = ("operator", "data-engineer", "analyst")
PAGES = {
    "plan-page": ("operator", "plan.html", 900),
    "quality": ("data-engineer", "quality.html", 620),
    "dashboard": ("analyst", "members.html", 760),
}
"""Name → tutorial, page that it wrote, height of the picture."""


def output(project: Path, command: list[str], lang: str) -> list[Text]:
    """What a command says on a terminal of 80 columns."""
    env = {**os.environ, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"}
    whole = [sys.executable, "-m", "promocal", "--lang", lang, *command]
    said = subprocess.run(whole, cwd=project, env=env, capture_output=True, text=True, check=True)  # noqa: S603
    return [Text.from_ansi(line) for line in said.stdout.splitlines()]


def of_terminal(project: Path) -> None:
    """The pictures of PICTURES."""
    for name, (command, places) in PICTURES.items():
        for lang, (begin, lines) in places.items():
            said = output(project, command, lang)
            start = next(n for n, line in enumerate(said) if begin in line.plain)
            _write(f"{name}.{lang}.svg", svg(said[start : start + lines], WIDTH))


def of_tutorials(folder: Path) -> None:
    """What somebody sees who follows the tutorials."""
    with shells() as path:
        for lang, suffix in (("en", ".md"), ("zh", ".zh.md")):
            for name in TUTORIALS:
                if not (folder / lang / name).exists():
                    (folder / lang / name).mkdir(parents=True)
                    Reader(folder / lang / name, str(path), lang).follow(
                        ROOT / "docs" / "tutorials" / f"{name}{suffix}"
                    )
            operator = ROOT / "docs" / "tutorials" / f"operator{suffix}"
            shop = _begun(folder / lang / "editor", str(path), lang, operator, "promocal check")
            os.environ["PATH"] = f"{path}{os.pathsep}{os.environ['PATH']}"
            lines = neovim(shop, FILE, line=26, until="gone-quiet'", lang=lang, size=(WIDE, 27))
            _write(f"editor.{lang}.svg", svg(lines, WIDE, DARK))
            shop = _begun(folder / lang / "plan", str(path), lang, operator, "promocal plan")
            _write(f"tutorial-plan.{lang}.svg", svg(output(shop, ["plan", "tea-week"], lang)[:36], WIDTH))
        for name, (tutorial, page, height) in PAGES.items():
            for lang in ("en", "zh"):
                _seen(folder / lang / tutorial / "shop" / page, 1000, height, HERE / f"{name}.{lang}.png")


def of_board(folder: Path) -> None:
    """The board at noon of the second day of the burst: one moment of the warm-up was missed."""
    from warehouse.sample.generate import generate

    now = datetime.fromisoformat("2020-03-06T12:30:00+08:00")
    if not folder.exists():
        create_project(folder, CALENDAR)
        generate(folder / "data", members=3_000, seed=3, as_of=now, dirty=True)
        _live(folder, now)
    with open_runtime(folder, clock=lambda: now) as rt:
        shelf = Shelf(rt, "shop", lambda: None)
        shelf.renew()
        for lang in ("en", "zh"):
            page = folder / f"board.{lang}.html"
            page.write_text(shelf.pages[CALENDAR, "board", lang], "utf-8")
            _seen(page, 1080, 1250, HERE / f"board.{lang}.png")
            _seen(page, 390, 900, HERE / f"board-phone.{lang}.png")


def of_report(project: Path) -> None:
    """The report of a project that has run, such as the demo's, on a desk and on a phone."""
    for lang, suffix in (("en", ""), ("zh", ".zh")):
        page = (project / f"report{suffix}.html").resolve()
        output(project, ["report", CALENDAR, "-o", str(page)], lang)
        _seen(page, 1280, 1500, HERE.parent / f"report{suffix}.png")
        _seen(page, 390, 1700, HERE.parent / f"report-phone{suffix}.png")


def _seen(page: Path, width: int, height: int, target: Path) -> None:
    """A page in a window of that size, without scroll bars."""
    with chromium(width, height) as tab:
        tab._send(  # noqa: SLF001 - a phone is no narrower window
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        tab.open(page.as_uri())
        tab.until("document.readyState === 'complete' && document.body.innerText.length > 200", "page")
        tab.evaluate("document.documentElement.style.overflow = 'hidden'")
        tab.picture(target)
        sys.stdout.write(f"{target.name}\n")


def _live(folder: Path, now: datetime) -> None:
    """Apply the plan before the warm-up, run what is due until now, but for one moment."""
    planned = [step for step in moments(_calendar(folder)) if step.at <= now and step.phase in ("warm-up", "burst")]
    begin = planned[0].at - timedelta(hours=12)
    with open_runtime(folder, clock=lambda: begin) as rt:
        refresh(rt, CALENDAR, begin)
        made = make(rt, CALENDAR)
        begin_apply(rt, CALENDAR, made.checksum, by="Li")
        end_apply(rt, made.checksum, "Li", "5 created")
        expect_runs(rt, rt.load_calendar(CALENDAR), begin)
    for step in (one for one in planned if one != planned[3]):
        with open_runtime(folder, clock=lambda at=step.at: at) as rt:  # type: ignore[misc]
            refresh(rt, CALENDAR, step.at)
            run_if_due(rt, CALENDAR, str(step.phase), step.at)
    with open_runtime(folder, clock=lambda: now) as rt:
        look_after(rt, CALENDAR)


def _calendar(folder: Path) -> LoadedCalendar:
    with open_runtime(folder) as rt:
        return rt.load_calendar(CALENDAR)


def _begun(folder: Path, path: str, lang: str, page: Path, until: str) -> Path:
    """The project of a page as it is before the first command of that beginning."""
    folder.mkdir(parents=True, exist_ok=True)
    reader = Reader(folder, path, lang)
    if not (folder / "shop").exists():
        for step in steps(page):
            if isinstance(step, Command) and step.text.startswith(until):
                break
            reader.take(step)
    return folder / "shop"


def _write(name: str, text: str) -> None:
    (HERE / name).write_text(text, "utf-8")
    sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    if sys.argv[1] == "--tutorials":
        of_tutorials(Path(sys.argv[2]).resolve())
    elif sys.argv[1] == "--board":
        of_board(Path(sys.argv[2]).resolve())
    else:
        of_terminal(Path(sys.argv[1]))
        of_report(Path(sys.argv[1]))

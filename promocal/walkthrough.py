"""A page for each shipped calendar: what happens on which day to whom, what it costs, what has to be set up.

`python -m promocal.walkthrough docs` plans every calendar on its sample store, keeps the figures beside the pages and
writes all anew; ids behind the directory choose calendars. What a page says of a calendar itself is made of the
calendar alone, so a test holds it against the calendar; the figures are those of the last plan.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign_calendars.findings.errors import ProblemsFoundError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.json import from_json, to_json
from promocal.calendar_page import BenefitFigures, Figures, PlayFigures, calendar_page, index_page
from promocal.scaffold import create_project
from tasks.calendars.checking import read_calendar
from tasks.calendars.lookup import LIBRARY
from tasks.planning.planned import Plan
from tasks.runtime import open_runtime

MEMBERS, SEED = 1_500, 7
GROCERY = "grocery-2017"
"""Its store is real data: `promocal sample --grocery` writes them."""
FOLDER = "calendars"
PART = {"lifecycle": {"to: 2026-12-31": "to: 2026-01-31", ", 2026-02-17 10:00, 2026-09-25 10:00": ""}}
"""A year in which each day is as the other: the plan is of its first month, and the page says so."""


def shipped() -> list[str]:
    """Ids of the shipped calendars."""
    return sorted(entry.name.removesuffix(".yaml") for entry in LIBRARY.iterdir() if entry.name.endswith(".yaml"))


def load(name: str) -> LoadedCalendar:
    """A shipped calendar with its store."""
    loaded, problems = read_calendar(Path(str(LIBRARY / f"{name}.yaml")))
    if loaded is None:
        raise ProblemsFoundError(problems)
    return loaded


def measure(name: str, *, members: int = MEMBERS, seed: int = SEED) -> Figures:
    """What the plan of the calendar comes to on its sample store, the day it begins."""
    from tasks.data.refresh import refresh
    from tasks.exporting.pack import export_pack
    from tasks.planning.plan import plan

    with TemporaryDirectory() as folder:
        root = Path(folder) / name
        create_project(root, name)
        shorten(root, PART.get(name, {}), name)
        with open_runtime(root) as rt:
            start = rt.load_calendar(name).timeline.campaign.start
            members = _write_data(root, name, members=members, seed=seed, start=start)
        with open_runtime(root, clock=lambda: start) as rt:
            refresh(rt, name, start + timedelta(seconds=1))
            made, last = plan(rt, name), rt.load_calendar(name).timeline.campaign.last
            pack = export_pack(rt, name, root / "pack", lang="en", crowds=False)
    found = _figures(made, members, 0 if name == GROCERY else seed)
    return replace(found, sheets=dict(pack.sheets), until=last if name in PART else None)


def shorten(root: Path, part: Mapping[str, str], name: str) -> None:
    """Write a project's calendar anew with other words: an earlier end, moments left out."""
    path = root / "calendars" / f"{name}.yaml"
    text = path.read_text("utf-8")
    for before, after in part.items():
        text = text.replace(before, after)
    path.write_text(text, "utf-8")


def _write_data(root: Path, name: str, *, members: int, seed: int, start: datetime) -> int:
    """The sample store's data; how many members they hold."""
    from warehouse.sample.generate import generate
    from warehouse.sample.grocery import prepare_grocery

    if name != GROCERY:
        generate(root / "data", members=members, seed=seed, as_of=start)
        return members
    return prepare_grocery(root / "data")["members"]


def _figures(made: Plan, members: int, seed: int) -> Figures:
    reached: Counter[str] = Counter()
    channels: dict[str, Counter[str]] = {}
    for row in made.occurrences:
        name = f"{row.phase}/{row.play}"
        reached[name] += row.chosen
        channels.setdefault(name, Counter()).update(row.channels)
    answers = {f"{row.phase}/{row.play}": row.members for row in made.triggers}
    return Figures(
        members=members,
        seed=seed,
        as_of=made.snapshot_as_of,
        plays={
            name: PlayFigures(messages=reached[name], expected=answers.get(name, 0), channels=dict(found))
            for name, found in {**{name: Counter[str]() for name in answers}, **channels}.items()
        },
        benefits={
            name: BenefitFigures(granted=row.granted, announced=row.announced, cost_cents=row.cost_cents)
            for name, row in made.benefits.items()
        },
        planned_cents=made.budget.planned_cents,
        total_cents=made.budget.total_cents,
        sheets={},
    )


def pages(directory: Path) -> Iterator[tuple[str, str]]:
    """File name in the folder of calendars → text: pages in both languages, timelines, an index."""
    from campaign_calendars.time.rows import timeline_rows
    from tasks.reporting.timeline import timeline_svg

    loaded = {name: load(name) for name in shipped()}
    for name, one in loaded.items():
        found = from_json(Figures, (directory / FOLDER / f"{name}.json").read_text("utf-8"))
        for lang, suffix in (("en", ".md"), ("zh", ".zh.md")):
            yield f"{name}{suffix}", calendar_page(one, found, lang)
            yield f"{name}.{lang}.svg", timeline_svg(timeline_rows(one.calendar, lang))
    for lang, suffix in (("en", ".md"), ("zh", ".zh.md")):
        yield f"README{suffix}", index_page([one.calendar for one in loaded.values()], lang)


def main(words: Sequence[str]) -> None:
    directory = Path(words[0] if words else "docs")
    (directory / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in words[1:] or shipped():
        (directory / FOLDER / f"{name}.json").write_text(to_json(measure(name)) + "\n", "utf-8")
        sys.stdout.write(f"planned {name}\n")
    for file, text in pages(directory):
        (directory / FOLDER / file).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

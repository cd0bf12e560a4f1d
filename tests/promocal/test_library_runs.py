"""Every shipped calendar runs on its sample store: no play is dead, nothing of it cannot happen.

The plan of the first day shows whom each play reaches. What depends on the campaign itself (who joins, who buys) is
shown by the slow trial, in which the members of the generated world live through it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.model.calendar import Play
from campaign_calendars.model.unfolding import StepPlay
from campaign_calendars.reading.loading import LoadedCalendar
from promocal.demo import run_demo
from promocal.scaffold import create_project
from promocal.walkthrough import PART, shorten
from tasks.calendars.checking import read_calendar
from tasks.calendars.lookup import LIBRARY
from tasks.data.refresh import refresh
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.runtime import open_runtime
from warehouse.sample.generate import generate

MEMBERS, SEED = 1_000, 11
CALENDARS = sorted(entry.name.removesuffix(".yaml") for entry in LIBRARY.iterdir() if entry.name.endswith(".yaml"))
GENERATED = [name for name in CALENDARS if name != "grocery-2017"]
"""The grocery calendar runs on real data: see its own test."""
VARIANTS = {"playbook-fresh", "playbook-tea-wine-dairy"}
"""They go the way of `playbook-standard`, with other products; `make test-slow` has them."""
PLANNED = [pytest.param(name, marks=pytest.mark.slow) if name in VARIANTS else name for name in GENERATED]
SHORTER = {
    **PART,
    "daily-2026": {
        "to: 2026-06-30": "to: 2026-04-30",
        "to: 2026-06-08": "to: 2026-04-08",
        "daily_cap: 300": "daily_cap: 900",
    },
}
"""What comes every month is seen in the first one."""
CAMPAIGN = ("_in_campaign", "_in_phase", "_in_wave", "balance_", "contacted_by", "granted", "redeemed")
"""Facts that the campaign itself brings about."""
STAGES = ("deposit_", "balance_", "order_unpaid")
"""Events of orders that the campaign brings about; of a small shop hardly one is unpaid at any one moment."""
EXCUSE = re.compile(r"- id: (?P<play>[\w-]+) # the sample store has ")
TIMES = 10
"""A target this many times over or under what happens is not plausible."""
FULL_SIZE = 20_000
"""Members of the shop that the sizes of the library are made for."""


@dataclass(frozen=True)
class Planned:
    loaded: LoadedCalendar
    plan: Plan


@pytest.fixture(scope="module", params=PLANNED)
def planned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    name = request.param
    root = tmp_path_factory.mktemp("library") / name
    create_project(root, name)
    shorten(root, SHORTER.get(name, {}), name)
    with open_runtime(root) as rt:
        loaded = rt.load_calendar(name)
        start = loaded.timeline.campaign.start
        rt.clock = lambda: start
        generate(root / "data", members=MEMBERS, seed=SEED, as_of=start)
        refresh(rt, name, start + timedelta(seconds=1))
        yield Planned(loaded, plan(rt, name))


def plays(loaded: LoadedCalendar) -> Iterator[tuple[str, Play]]:
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            yield phase.id, play


def excused(loaded: LoadedCalendar) -> set[str]:
    """Plays of which a comment at the line says what the sample store has not."""
    return {found["play"] for found in EXCUSE.finditer(loaded.text)}


def asks_of_the_campaign(loaded: LoadedCalendar, play: Play) -> bool:
    if isinstance(play, StepPlay) and play.post:
        return True  # a plan does not count the posts of sequences
    if play.trigger is not None:
        return play.trigger.event.startswith(STAGES)
    names = [play.audience]
    where = loaded.calendar.audiences[play.audience].where
    names += re.findall(r"audience\('([\w-]+)'\)", where)
    return any(word in loaded.calendar.audiences[name].where for name in names for word in CAMPAIGN)


def test_no_play_is_dead(planned: Planned) -> None:
    loaded = planned.loaded
    reached: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    for row in planned.plan.occurrences:
        reached[row.phase, row.play] += row.chosen
        seen[row.phase, row.play] += row.candidates
    answers = {(row.phase, row.play): row.members for row in planned.plan.triggers}
    dead = {
        play.id
        for phase, play in plays(loaded)
        if play.channels
        and not reached[phase, play.id]
        and not answers.get((phase, play.id))
        and not (asks_of_the_campaign(loaded, play) and not seen[phase, play.id])
    }
    assert dead == excused(loaded), "a play reaches nobody and no line says why, or a line says so for nothing"


def test_whatever_there_is_can_be_given(planned: Planned) -> None:
    """Each benefit is told of by a play, and a play that grants one finds somebody who may have it."""
    calendar = planned.loaded.calendar
    told = {name for _, play in plays(planned.loaded) for name in play.told}
    told |= {name for each in calendar.sequences for step in each.steps for name in step.benefits}
    assert {name for name, benefit in calendar.benefits.items() if benefit.kind != "store_coupon"} == told
    for name, benefit in planned.plan.benefits.items():
        assert benefit.stock is None or benefit.granted <= benefit.stock, name
    assert planned.plan.budget.total_cents
    assert planned.plan.budget.planned_cents <= planned.plan.budget.total_cents


def test_duties_have_owners_and_days_and_ask_for_ten_groups_each(planned: Planned) -> None:
    duties = [duty for phase in planned.loaded.calendar.phases for duty in phase.duties]
    assert duties
    assert all(duty.id and duty.owner.zh != duty.owner.en and duty.due for duty in duties)
    if "group" in planned.loaded.store.channels and planned.loaded.calendar.calendar not in (
        "daily-2026",
        "six-techniques",
    ):
        assert any(duty.id == "ten-and-ten" for duty in duties)


@pytest.mark.parametrize("name", CALENDARS)
def test_the_check_of_a_project_finds_nothing_that_is_not_accepted(name: str, tmp_path: Path) -> None:
    create_project(tmp_path / "shop", name)
    _, problems = read_calendar(tmp_path / "shop" / "calendars" / f"{name}.yaml", with_messages=True)
    assert [problem for problem in problems if problem.severity != "info"] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", GENERATED)
def test_every_play_happens_in_the_generated_world(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(root: Path, template: str) -> object:
        made = create_project(root, template)
        shorten(root, SHORTER.get(name, {}), name)
        return made

    monkeypatch.setattr("promocal.demo.create_project", create)
    target = tmp_path / "demo"
    result = run_demo(target, members=MEMBERS, seed=SEED, lang="en", say=lambda _: None, prefect=False, calendar=name)
    reached: Counter[tuple[str, str]] = Counter()
    with open_runtime(target) as rt:
        loaded = rt.load_calendar(name)
        for record in rt.ledger.runs(name):
            for row in record.summary.plays:
                reached[record.phase, row.play] += row.chosen
    dead = {play.id for phase, play in plays(loaded) if play.channels and not reached[phase, play.id]}
    assert dead <= excused(loaded)
    assert implausible(result.measurement.phases) == {}


def implausible(phases: object) -> Mapping[str, float]:
    """Targets of which the world makes more than ten times as much, or not a tenth; counts by the size of the shop."""
    found = {}
    for phase in phases:  # type: ignore[attr-defined]
        for target in phase.targets:
            scale = 1.0 if target.target <= 1 else FULL_SIZE / MEMBERS
            share = (target.actual or 0.0) * scale / target.target
            if target.actual and not 1 / TIMES <= share <= TIMES:
                found[f"{phase.phase}.{target.metric}"] = share
    return found

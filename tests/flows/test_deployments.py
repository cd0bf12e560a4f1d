"""Deployments on a real server: what is created, when it fires, and what a second apply leaves alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.time.timeline import Occurrence, Span, Sweep, Timeline
from campaign_calendars.values.scalars import Text
from flows.deployments import apply_deployments, deploy
from flows.held import LEAVING
from flows.specs import deployment_specs
from tasks.runtime import open_runtime

from .conftest import Harness, remove_deployments, wait_for
from .small_project import write_project

pytestmark = pytest.mark.server

ZONE = ZoneInfo("Asia/Shanghai")
TITLE = Text(en="Queen's Day", zh="女王节")
GOAL = Text(en="Wake old members", zh="唤醒老会员")
PHASE_TITLE = Text(en="Phase", zh="阶段")
DAY = timedelta(days=1)
FIRST = (datetime.now(ZONE) + 2 * DAY).replace(hour=10, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class APlay:
    id: str
    audience: str = "all"


@dataclass(frozen=True)
class APhase:
    id: str
    kind: str
    plays: tuple[APlay, ...]
    title: Text = PHASE_TITLE
    goal: Text = GOAL


@dataclass(frozen=True)
class ACalendar:
    """What of a calendar a deployment is made from."""

    calendar: str
    phases: tuple[APhase, ...]
    title: Text = TITLE


def occurrences(calendar: str, phase: str, play: str, moments: list[datetime]) -> list[Occurrence]:
    return [Occurrence(calendar, phase, play, moment) for moment in moments]


def timeline(found: list[Occurrence]) -> Timeline:
    span = Span(FIRST - DAY, FIRST + 30 * DAY)
    phases = {o.phase: span for o in found}
    return Timeline(ZONE, span, phases, {}, {}, tuple(sorted(found, key=lambda o: o.at)))


@pytest.fixture
def calendar(request: pytest.FixtureRequest, prefect_server: Harness) -> Any:
    name = request.node.name.replace("_", "-")[:50]
    phases = (
        APhase("burst", "burst", (APlay("recall"), APlay("last-call"))),
        APhase("care", "custom", (APlay("ask"),)),
    )
    yield ACalendar(name, phases)
    remove_deployments(name)


@pytest.fixture
def dates(calendar: ACalendar) -> Timeline:
    daily = [FIRST + n * DAY for n in range(4)]
    found = occurrences(calendar.calendar, "burst", "recall", daily)
    found += occurrences(calendar.calendar, "burst", "last-call", [daily[3], daily[3] + timedelta(hours=10)])
    found += occurrences(calendar.calendar, "care", "ask", [FIRST + 9 * DAY])
    return timeline(found)


def held(calendar: ACalendar) -> dict[str, Any]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    from flows.names import PRODUCT_TAG, calendar_tag

    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=[PRODUCT_TAG, calendar_tag(calendar.calendar)]))
    with get_client(sync_client=True) as client:
        return {d.name: d for d in client.read_deployments(deployment_filter=wanted)}


def scheduled(deployment_id: Any) -> list[datetime]:
    """Moments of the run rows that wait on the server for this deployment."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId

    with get_client(sync_client=True) as client:
        only = DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id]))
        runs = client.read_flow_runs(deployment_filter=only, limit=200)
    return sorted(run.expected_start_time.astimezone(UTC) for run in runs if run.expected_start_time)


def test_apply_creates_deployments_and_the_scheduler_makes_exactly_their_runs(
    calendar: ACalendar, dates: Timeline, tmp_path: Path
) -> None:
    changes = apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    burst, care = f"{calendar.calendar}.burst", f"{calendar.calendar}.care"
    assert changes.created == (burst, care)

    deployments = held(calendar)
    assert deployments[burst].parameters == {
        "project_dir": str(tmp_path),
        "calendar": calendar.calendar,
        "phase": "burst",
    }
    assert deployments[burst].work_pool_name == "promocal"
    assert not any(schedule.parameters for schedule in deployments[burst].schedules)
    expected = [FIRST + n * DAY for n in range(4)] + [FIRST + 3 * DAY + timedelta(hours=10)]
    wait_for("scheduling", lambda: len(scheduled(deployments[burst].id)) == len(expected))
    assert scheduled(deployments[burst].id) == [moment.astimezone(UTC) for moment in expected]
    wait_for("scheduling", lambda: scheduled(deployments[care].id) == [(FIRST + 9 * DAY).astimezone(UTC)])


def test_a_second_apply_writes_nothing(calendar: ACalendar, dates: Timeline, tmp_path: Path) -> None:
    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    before = {name: d.updated for name, d in held(calendar).items()}
    changes = apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    assert not changes.any
    assert len(changes.unchanged) == 2
    assert {name: d.updated for name, d in held(calendar).items()} == before


def test_moments_and_phases_that_left_the_calendar_leave_the_server(
    calendar: ACalendar, dates: Timeline, tmp_path: Path
) -> None:
    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    burst = held(calendar)[f"{calendar.calendar}.burst"].id
    wait_for("scheduling", lambda: len(scheduled(burst)) == 5)

    shorter = replace(calendar, phases=calendar.phases[:1])
    left = [o for o in dates.occurrences if o.phase == "burst" and o.play == "recall"][1:]
    changes = apply_deployments(tmp_path, shorter, timeline(left))  # type: ignore[arg-type]
    assert changes.updated == (f"{calendar.calendar}.burst",)
    assert changes.removed == (f"{calendar.calendar}.care",)
    assert set(held(calendar)) == {f"{calendar.calendar}.burst"}
    remaining = [o.at.astimezone(UTC) for o in left]
    wait_for("rescheduling", lambda: scheduled(burst) == remaining)


def run_of(deployment: Any, state: str) -> Any:
    """A run that somebody asked for, brought into a state."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.objects import State, StateType

    with get_client(sync_client=True) as client:
        run = client.create_flow_run_from_deployment(deployment.id)
        client.set_flow_run_state(run.id, State(type=StateType[state]), force=True)
        return run


def test_what_left_the_calendar_is_paused_and_removed_after_its_runs_ended(
    calendar: ACalendar, dates: Timeline, tmp_path: Path
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Completed

    care, name = f"{calendar.calendar}.care", f"{calendar.calendar}.burst"
    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    before = held(calendar)[care]
    wait_for("scheduling", lambda: scheduled(before.id))
    run = run_of(before, "RUNNING")
    shorter = replace(calendar, phases=calendar.phases[:1])
    left = timeline([o for o in dates.occurrences if o.phase == "burst"])

    for _ in range(2):  # the same again, for as long as it runs
        changes = apply_deployments(tmp_path, shorter, left)  # type: ignore[arg-type]
        assert (changes.leaving, changes.removed, changes.any) == ((care,), (), True)
        assert held(calendar)[care].paused
        assert held(calendar)[care].tags.count(LEAVING) == 1
    assert (FIRST + 9 * DAY).astimezone(UTC) not in scheduled(before.id), "nothing of it begins any more"

    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, Completed(), force=True)
    assert apply_deployments(tmp_path, shorter, left, open_phases={"care"}).leaving == (care,)  # type: ignore[arg-type]
    assert apply_deployments(tmp_path, shorter, left).removed == (care,)  # type: ignore[arg-type]
    assert set(held(calendar)) == {name}


@pytest.mark.parametrize("stopped", [False, True])
def test_a_phase_that_comes_back_goes_on_unless_an_operator_had_paused_it(
    calendar: ACalendar,
    dates: Timeline,
    tmp_path: Path,
    stopped: bool,
) -> None:
    from prefect.client.orchestration import get_client

    care = f"{calendar.calendar}.care"
    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    run_of(held(calendar)[care], "PENDING")
    if stopped:
        with get_client(sync_client=True) as client:
            client.pause_deployment(held(calendar)[care].id)
    shorter = replace(calendar, phases=calendar.phases[:1])
    left = timeline([o for o in dates.occurrences if o.phase == "burst"])
    assert apply_deployments(tmp_path, shorter, left).leaving == (care,)  # type: ignore[arg-type]

    back = apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    assert back.updated == (care,)
    assert back.kept_paused == ((care,) if stopped else ())
    assert held(calendar)[care].paused is stopped
    assert LEAVING not in held(calendar)[care].tags
    assert not apply_deployments(tmp_path, calendar, dates).any  # type: ignore[arg-type]


def test_an_operators_pause_survives_every_apply(calendar: ACalendar, dates: Timeline, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    names = [f"{calendar.calendar}.{phase}" for phase in ("burst", "care")]
    with get_client(sync_client=True) as client:
        burst, care = (held(calendar)[name] for name in names)
        client.pause_deployment(care.id)
        daily = next(s for s in burst.schedules if s.slug and s.slug.startswith("daily"))
        client.update_deployment_schedule(burst.id, daily.id, active=False)

    assert apply_deployments(tmp_path, calendar, dates).kept_paused == tuple(names)  # type: ignore[arg-type]
    # The series now starts a day earlier (another rule, another slug), and the other phase moves.
    earlier = occurrences(calendar.calendar, "burst", "recall", [FIRST - DAY])
    later = occurrences(calendar.calendar, "care", "ask", [FIRST + 10 * DAY])
    changed = timeline([*dates.occurrences, *earlier, *later])
    changes = apply_deployments(tmp_path, calendar, changed)  # type: ignore[arg-type]
    assert changes.updated == changes.kept_paused == tuple(names)

    after = held(calendar)
    assert after[names[1]].paused
    assert {s.slug: s.active for s in after[names[0]].schedules} == {
        f"daily-from-{FIRST - DAY:%Y-%m-%d}-1000": False,
        f"once-{FIRST + 3 * DAY:%Y-%m-%d}-2000": True,
    }


def test_an_edit_in_the_ui_is_mended(calendar: ACalendar, dates: Timeline, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    care = held(calendar)[f"{calendar.calendar}.care"]
    with get_client(sync_client=True) as client:
        client.delete_deployment_schedule(care.id, care.schedules[0].id)
    assert apply_deployments(tmp_path, calendar, dates).updated == (care.name,)  # type: ignore[arg-type]
    assert len(held(calendar)[care.name].schedules) == 1


def test_another_projects_deployments_are_not_taken_over_silently(
    calendar: ACalendar, dates: Timeline, tmp_path: Path
) -> None:
    apply_deployments(tmp_path / "one", calendar, dates)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="belongs to the project"):
        apply_deployments(tmp_path / "two", calendar, dates)  # type: ignore[arg-type]
    changes = apply_deployments(tmp_path / "two", calendar, dates, take_over=True)  # type: ignore[arg-type]
    assert len(changes.updated) == 2


def test_version_follows_content(tmp_path: Path) -> None:
    calendar = ACalendar("c", (APhase("burst", "burst", (APlay("recall"),)),))
    one = deployment_specs(tmp_path, calendar, timeline(occurrences("c", "burst", "recall", [FIRST])))  # type: ignore[arg-type]
    same = deployment_specs(tmp_path, calendar, timeline(occurrences("c", "burst", "recall", [FIRST])))  # type: ignore[arg-type]
    other = deployment_specs(tmp_path, calendar, timeline(occurrences("c", "burst", "recall", [FIRST + DAY])))  # type: ignore[arg-type]
    assert one[0].version == same[0].version != other[0].version
    assert "阶段" in one[0].description


def test_a_sweep_is_one_interval_schedule_that_a_second_apply_leaves_alone(
    calendar: ACalendar, dates: Timeline, tmp_path: Path
) -> None:
    """Four weeks of sweeps every 15 minutes: one rule, and the server makes its runs."""
    span = Span(FIRST, FIRST + 28 * DAY)
    sweep = Sweep(calendar.calendar, "care", "ask", span, span.start, timedelta(minutes=15))
    swept = replace(dates, sweeps=(sweep,))
    apply_deployments(tmp_path, calendar, swept)  # type: ignore[arg-type]
    care = held(calendar)[f"{calendar.calendar}.care"]
    assert [schedule.slug for schedule in care.schedules] == ["sweep-every-15m"]
    wait_for("scheduling", lambda: len(scheduled(care.id)) >= 3)
    grid = {(FIRST + timedelta(minutes=15 * n)).astimezone(UTC) for n in range(28 * 96)}
    assert set(scheduled(care.id)) <= grid

    assert not apply_deployments(tmp_path, calendar, swept).any  # type: ignore[arg-type]
    with_schedule_paused(care)
    faster = replace(swept, sweeps=(replace(sweep, every=timedelta(minutes=5)),))
    assert apply_deployments(tmp_path, calendar, faster).updated == (care.name,)  # type: ignore[arg-type]
    again = held(calendar)[care.name]
    assert [(schedule.slug, schedule.active) for schedule in again.schedules] == [("sweep-every-5m", False)]


def with_schedule_paused(deployment: Any) -> None:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        for schedule in deployment.schedules:
            client.update_deployment_schedule(deployment.id, schedule.id, active=False)


def test_a_calendar_that_a_worker_would_not_find_is_refused(tmp_path: Path) -> None:
    root = write_project(tmp_path, [FIRST])
    (root / "calendars" / "small-sale.yaml").rename(root / "calendars" / "sale.yaml")
    with pytest.raises(UsageError, match="holds the calendar small-sale"):
        deploy(open_runtime(root), str(root / "calendars" / "sale.yaml"))


def test_what_somebody_edited_is_told_and_put_back(calendar: ACalendar, dates: Timeline, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    burst = held(calendar)[f"{calendar.calendar}.burst"]
    with get_client(sync_client=True) as client:
        client.delete_deployment_schedule(burst.id, burst.schedules[0].id)
    changes = apply_deployments(tmp_path, calendar, dates)  # type: ignore[arg-type]
    ((english, chinese),) = changes.drift
    assert english.startswith(f"{calendar.calendar}.burst was edited on the server (20")
    assert english.endswith(f": schedule {burst.schedules[0].slug}; apply puts it back")
    assert "apply 会恢复" in chinese
    assert len(held(calendar)[f"{calendar.calendar}.burst"].schedules) == len(burst.schedules)
    assert apply_deployments(tmp_path, calendar, dates).drift == ()  # type: ignore[arg-type]

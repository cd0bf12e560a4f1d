"""A plan that was agreed to, carried out on the server and kept in the audit log; safe to repeat after any break."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import UsageError
from flows.deployments import Changes, deploy, in_words
from flows.prefect_yaml import write_deployments
from flows.specs import deployment_specs
from tasks.deciding.draws import require_same_draws
from tasks.planning.applying import begin_apply, end_apply, to_carry_out
from tasks.running.expecting import expect_runs

if TYPE_CHECKING:
    from tasks.runtime import Runtime
    from warehouse.ledger.plan_records import PlanRecord


def apply_plan(rt: Runtime, name: str, checksum: str | None, *, by: str, force: Collection[str] = ()) -> Changes:
    """Apply the plan of this checksum: begun in the ledger, written to the server, expected, done.

    Raises UsageError as `begin_apply` and `deploy` do, and a PromocalError when the server cannot be asked.
    """
    record, news = begin_apply(rt, name, checksum, by=by, force=force)
    return carry_out(rt, name, record, by=by, news=news)


def write_plan(
    rt: Runtime, name: str, checksum: str | None, file: Path, *, by: str, force: Collection[str] = ()
) -> int:
    """The plan of this checksum as deployments in a prefect.yaml, for Prefect's own command line; returns how many.

    It counts as applied: its moments are expected from now on. Raises UsageError as `begin_apply` does.
    """
    loaded = rt.load_calendar(name)
    require_same_draws(rt, loaded)
    rt.id_of(loaded)
    record, _ = begin_apply(rt, name, checksum, by=by, force=force)
    specs = deployment_specs(rt.settings.root, loaded.calendar, loaded.timeline)
    write_deployments(file, loaded.calendar.calendar, specs)
    expect_runs(rt, loaded, rt.clock(), plan=record.checksum)
    end_apply(rt, record.checksum, by, file.name)
    return len(specs)


def adopt_plan(rt: Runtime, name: str, checksum: str | None, *, by: str) -> Changes:
    """Take over a calendar's deployments from where its project lay before, as somebody agreed to them.

    Raises UsageError where nobody applied what is written now, and no plan of it is named.
    """
    record, news = to_carry_out(rt, name), False
    if record is None and checksum is not None:
        record, news = begin_apply(rt, name, checksum, by=by)
    if record is None:
        raise UsageError(
            (f"nobody applied {name} as it is written now", f"{name} 当前的内容没有人应用过"),
            (
                f"adopt it as it was applied; or read its plan, then promocal adopt {name} --plan CHECKSUM --by NAME",
                f"请按已应用的内容接管；或阅读其计划后运行 promocal adopt {name} --plan 校验码 --by 姓名",
            ),
        )
    return carry_out(rt, name, record, by=by, news=news or record.unfinished, take_over=True)


def carry_out(rt: Runtime, name: str, record: PlanRecord, *, by: str, news: bool, take_over: bool = False) -> Changes:
    """Bring a plan that was agreed to to the server; what is neither news nor changes anything there is not noted.

    With `take_over` the deployments of another project directory become those of this one.
    """
    changes = deploy(rt, name, take_over=take_over, plan=record.checksum)
    if news or changes.any:
        end_apply(rt, record.checksum, by, in_words(changes)[0])
    return changes

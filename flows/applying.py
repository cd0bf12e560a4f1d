"""A plan that was agreed to, carried out on the server and kept in the audit log; safe to repeat after any break."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from flows.deployments import Changes, deploy, in_words
from tasks.planning.applying import begin_apply, end_apply

if TYPE_CHECKING:
    from tasks.runtime import Runtime
    from warehouse.ledger.records import PlanRecord


def apply_plan(rt: Runtime, name: str, checksum: str | None, *, by: str, force: Collection[str] = ()) -> Changes:
    """Apply the plan of this checksum: begun in the ledger, written to the server, expected, done.

    Raises UsageError as `begin_apply` and `deploy` do, and a PromocalError when the server cannot be asked.
    """
    record, news = begin_apply(rt, name, checksum, by=by, force=force)
    return carry_out(rt, name, record, by=by, news=news)


def carry_out(rt: Runtime, name: str, record: PlanRecord, *, by: str, news: bool) -> Changes:
    """Bring a plan that was agreed to to the server; what is neither news nor changes anything there is not noted."""
    changes = deploy(rt, name, plan=record.checksum)
    if news or changes.any:
        end_apply(rt, record.checksum, by, in_words(changes)[0])
    return changes

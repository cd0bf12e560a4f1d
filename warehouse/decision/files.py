"""Decision files read back: the chosen, what brought them in, and all that was decided about one member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from campaign_calendars.values.units import Ratio
from warehouse.engines.files import reading_files

_BATCH = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def chosen_rows(path: Path) -> Iterator[tuple[str, datetime, str, str, str | None, int]]:
    """(play, occurrence_at, member_id, channel, benefit, cost_cents) of the chosen, in file order."""
    sql = (
        "select play, epoch_us(occurrence_at), member_id, channel, benefit, cost_cents from read_parquet(?)"
        " where status = 'chosen'"
    )
    moment = cache(_moment)  # a run has a few, its rows many thousands
    with reading_files() as con:
        con.execute(sql, [str(path)])
        while rows := con.fetchmany(_BATCH):
            for play, at, member, channel, benefit, cents in rows:
                yield play, moment(at), member, channel, benefit, cents


def _moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def reminders(path: Path) -> dict[tuple[str, str], str]:
    """(play, member) → the benefit of which the message to a chosen member reminds him."""
    with reading_files() as con:
        rows = con.execute("from read_parquet(?) limit 0", [str(path)])
        if "reminds" not in {column[0] for column in rows.description or ()}:  # of an earlier release
            return {}
        sql = "select play, member_id, reminds from read_parquet(?) where reminds is not null"
        return {(play, member): benefit for play, member, benefit in con.execute(sql, [str(path)]).fetchall()}


def causes(path: Path) -> dict[tuple[str, str], tuple[str, datetime]]:
    """(play, member) → (event, aware moment) of the chosen whom an event brought in."""
    if not path.is_file():
        return {}
    sql = (
        "select play, member_id, regexp_extract(chain, '^trigger:(\\w+)@(\\S+)', ['event', 'at'])"
        " from read_parquet(?) where status = 'chosen' and starts_with(chain, 'trigger:')"
    )
    with reading_files() as con:
        rows = con.execute(sql, [str(path)]).fetchall()
    return {(play, member): (cause["event"], datetime.fromisoformat(cause["at"])) for play, member, cause in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDecision:
    """What one occurrence decided about one member."""

    calendar: str
    """Calendar id."""
    phase: str
    """Phase id."""
    play: str
    """Play id."""
    occurrence_at: datetime
    """The planned moment, in UTC."""
    member_id: str
    """Member id."""
    status: str
    """`chosen`, `held_out` or `excluded`."""
    arm: str | None
    """`treated`, or the control group; null: could not have been contacted anyway."""
    reason: str | None
    """The deciding reason of an exclusion."""
    chain: str
    """Everything that spoke for or against, in the order of the gates; an event stands in front."""
    channel: str | None
    """Channel of the message."""
    benefit: str | None
    """Benefit the member gets."""
    cost_cents: int
    """What the benefit reserves, in cents."""
    ghost_channel: str | None = None
    """Of a held-out member: the channel on which the plan would have reached him."""
    ghost_benefit: str | None = None
    """Of a held-out member: the benefit he would have had."""
    tier: str | None = None
    """Tier of the member at that moment."""
    explored: bool | None = None
    """Whether the member was drawn to get a random one of his options (`explore`)."""
    propensity: Ratio | None = None
    """Of a chosen member: the chance with which he was to get this option."""
    reminds: str | None = None
    """The benefit that an earlier message of the play gave, where this one reminds of it."""
    region: str | None = None
    """Where the member lived then, of a calendar whose control group is drawn by region."""


def explain_member(paths: Sequence[Path], member_id: str) -> list[MemberDecision]:
    """Every decision of these files about one member: status, reason and the whole chain."""
    with reading_files() as con:
        cursor = con.execute(
            "select * from read_parquet(?, union_by_name = true) where member_id = ?"
            " order by occurrence_at, phase, play",
            [[str(path) for path in paths], member_id],
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    # Decision files hold moments as naive UTC, as all tables do.
    return [MemberDecision(**{**row, "occurrence_at": row["occurrence_at"].replace(tzinfo=UTC)}) for row in rows]

"""A store of any size as source files: `promocal sample --members N --seed S`.

Same seed, size, moment and format: the same bytes. Memory stays at one block of 50,000 members.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from campaign_calendars.findings.errors import UsageError
from warehouse.sample import facts, profiles, trade
from warehouse.sample.behaviour import acts_of
from warehouse.sample.boards import Board, before_extract
from warehouse.sample.dirty import remove_dirty, write_dirty
from warehouse.sample.files import SCHEMAS, Format, SourceFile, file_path
from warehouse.sample.inviting import invitation_table
from warehouse.sample.places import PHONE_COUNT
from warehouse.sample.point_ledger import Membership, point_table
from warehouse.sample.population import Population, block_rng, draw_blocks, to_local
from warehouse.sample.shares import Shares

MANIFEST = "sample.json"
_PROFILE, _FACTS, _EVENTS = 1, 2, 3


@dataclass(frozen=True)
class Manifest:
    """What a sample was made from; a world needs it to know the same members."""

    members: int
    seed: int
    as_of: str
    format: Format
    shares: Shares = field(default_factory=Shares)

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """The manifest of a sample directory; UsageError if there is no sample."""
        path = directory / MANIFEST
        try:
            written = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**written, "shares": Shares(**written.get("shares", {}))})
        except (FileNotFoundError, json.JSONDecodeError, TypeError, AttributeError):
            raise UsageError(
                (
                    f"{directory} holds no generated sample ({MANIFEST} is missing or damaged)",
                    f"{directory} 中没有生成的样例（缺少 {MANIFEST} 或已损坏）",
                ),
                ("generate one with: promocal sample", "请先生成：promocal sample"),
            ) from None

    def write(self, directory: Path) -> None:
        text = json.dumps(asdict(self), indent=2) + "\n"
        (directory / MANIFEST).write_text(text, encoding="utf-8")

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.as_of)


def generate(
    directory: Path | str,
    *,
    members: int,
    seed: int,
    as_of: datetime,
    format: Format = "csv",  # noqa: A002 - the word of the command line
    dirty: bool = False,
    shares: Shares | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write the datasets of a shop as `<dataset>-0001.<format>` and return the rows of each.

    `as_of` is the moment of the extract (aware, whole seconds): no fact in the files is later.
    Orders cover the 400 days before it, behaviour 120 days; `shares` says how much of what there is, `dirty`
    adds a few broken rows, of
    which the result counts `dirty` in all. `progress` hears (members done, members in all).
    UsageError: a size or moment that makes no sense, or a directory that holds another sample.
    """
    target, parts = Path(directory), shares or Shares()
    _check(target, members, as_of)
    target.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        outputs = {
            dataset: stack.enter_context(SourceFile(file_path(target, dataset, 1, format), dataset, format))
            for dataset in SCHEMAS
        }
        _write_boards(outputs, Board(seed, members), to_local(as_of))
        done = 0
        for block, people in enumerate(draw_blocks(members, seed, to_local(as_of))):
            _write_block(outputs, people, _Part(seed, block, to_local(as_of), parts))
            done += people.size
            if progress is not None:
                progress(done, members)
    counts = {dataset: output.rows for dataset, output in outputs.items()}
    remove_dirty(target)
    if dirty:
        counts["dirty"] = write_dirty(target, format, to_local(as_of))
    Manifest(members, seed, as_of.isoformat(), format, parts).write(target)
    return counts


def _check(directory: Path, members: int, as_of: datetime) -> None:
    if not 1 <= members <= PHONE_COUNT:
        raise UsageError(
            (
                f"a sample has 1 to {PHONE_COUNT:,} members, not {members:,}",
                f"样例的会员数为 1 至 {PHONE_COUNT:,}，而不是 {members:,}",
            )
        )
    if as_of.tzinfo is None or as_of.microsecond:
        raise UsageError(
            (
                f"{as_of.isoformat()} is not a moment to the second with a time zone",
                f"{as_of.isoformat()} 不是精确到秒且带时区的时间",
            )
        )
    others = sorted(
        path.name
        for dataset in SCHEMAS
        for path in directory.glob(f"{dataset}-*")
        if path.stem not in {f"{dataset}-0001", f"{dataset}-dirty"}
    )
    if others:
        raise UsageError(
            (
                f"{directory} holds files of an earlier sample that lived on, such as {others[0]}",
                f"{directory} 中有先前样例继续运行留下的文件，例如 {others[0]}",
            ),
            ("choose an empty directory or delete those files", "请选择空目录，或删除这些文件"),
        )


def _write_boards(outputs: dict[str, SourceFile], board: Board, as_of: int) -> None:
    first, last = before_extract(as_of)
    outputs["traffic"].write(board.traffic(first, last))
    outputs["costs"].write(board.costs(first, last))
    outputs["stock"].write(board.stock(first, last))


@dataclass(frozen=True)
class _Part:
    """Of which block of members, and how much of what it has."""

    seed: int
    block: int
    as_of: int
    shares: Shares


def _write_block(outputs: dict[str, SourceFile], people: Population, part: _Part) -> None:
    ids, as_of = people.ids, part.as_of
    profile, lives, events = (block_rng(part.seed, part.block, stream) for stream in (_PROFILE, _FACTS, _EVENTS))
    outputs["members"].write(profiles.member_table(profile, people, ids, as_of))
    outputs["contact_points"].write(profiles.contact_point_table(profile, people, ids, as_of))
    outputs["tags"].write(profiles.tag_table(profile, people, ids, as_of))
    outputs["identities"].write(profiles.identity_table(people, ids, part.shares))
    outputs["referrals"].write(profiles.referral_table(part.seed, people, part.shares))
    outputs["invitations"].write(invitation_table(part.seed, people, part.shares, as_of))
    orders = facts.draw_orders(lives, people, as_of)
    rows = facts.order_table(orders, outputs["orders"].rows + 1, ids, people.first, as_of)
    outputs["orders"].write(rows)
    order_ids = rows["order_id"].combine_chunks()
    outputs["order_items"].write(trade.item_table(orders.trades, order_ids, part.shares.gifts))
    place = orders.member - people.first
    membership = Membership(people.joined[place], people.left[place])
    outputs["points"].write(point_table(orders.trades, order_ids, as_of, membership))
    used = facts.redemption_table(lives, orders, rows, outputs["redemptions"].rows + 1)
    outputs["redemptions"].write(used)
    acts = acts_of(part.seed, people, orders.trades, as_of, part.shares)
    first_event = outputs["events"].rows + 1
    behaviour: pa.Table = facts.event_table(
        events, people, orders, ids, as_of=as_of, first_number=first_event, more=acts
    )
    outputs["events"].write(behaviour)

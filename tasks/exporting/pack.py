"""The set-up pack of a calendar: one workbook, the same sheets as CSV, crowds, and what would be refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import SnapshotMissingError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.set_up.benefits import Known, SetupRow, setup_rows
from campaign_calendars.set_up.goods import goods_against_items
from campaign_calendars.set_up.places import PlaceRow, TextRow, link_rows, place_rows, text_rows
from campaign_calendars.set_up.refusals import Refusal, with_refusals
from tasks.calendars.messages import check_messages
from tasks.data.online import dark_positions
from tasks.duties.files import duty_sheet
from tasks.duties.ticking import tasks_of, ticks_of
from tasks.exporting.codes import code_sheet
from tasks.exporting.crowds import Batch, CrowdMember, write_crowds
from tasks.exporting.sheets import (
    benefit_sheets,
    crowd_sheet,
    goods_sheet,
    link_sheet,
    place_sheet,
    refused_sheet,
    text_sheet,
)
from tasks.exporting.store_sheets import store_sheets
from tasks.planning.plan import people_file, plan
from tasks.runtime import Runtime
from tasks.sheets import write_csv, write_workbook

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row of the pack that the platform would not take as it is."""

    sheet: str
    """Sheet, e.g. `coupons`."""
    row: str
    """What it is about: a benefit and its part, a position, a play and channel."""
    reason: str
    """Why, and what to change; in the language of the pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackMade:
    """What a set-up pack holds; counts only."""

    directory: str
    """Where it was written."""
    sheets: Mapping[str, int]
    """Sheet → rows."""
    refused: tuple[RefusedRow, ...]
    """What the platform would not take as it is."""
    without_id: tuple[str, ...]
    """Benefits that the platform enforces and whose ids there are not known yet."""
    batches: int
    """Calls that the crowds are cut into."""
    crowd_members: int
    """Members of all crowds; one who gets two benefits counts twice."""
    checksum: str
    """The plan whose persons the crowds are; empty: no crowds were asked for, or there is no snapshot."""


def export_pack(rt: Runtime, calendar_id: str, to: Path, *, lang: str, crowds: bool = True) -> PackMade:
    """Write the pack into a folder; what is there of an earlier one is written anew.

    Crowds are the persons of a plan made now, over the current snapshot.
    """
    loaded = rt.load_calendar(calendar_id)
    rows = with_refusals(setup_rows(loaded.calendar, loaded.timeline, known_of(rt, loaded), loaded.store), loaded.store)
    snapshot = _snapshot(rt)
    dark = dark_positions(loaded, snapshot, rt.clock())
    places = list(place_rows(loaded.calendar, loaded.store, loaded.timeline, up=ticks_of(rt, loaded), dark=dark))
    texts = list(text_rows(loaded.calendar, loaded.store, check_messages(loaded.calendar, rt.settings.root)[0]))
    for old in (to / "crowds").glob("*.csv"):  # whoever is in no crowd any more is handed to nobody
        old.unlink()
    batches, checksum = _crowds(rt, loaded, to, rows) if crowds else ([], "")
    refusals = [*_of_benefits(rows), *_of_places(places), *_of_texts(texts), *_of_goods(loaded, snapshot)]
    sheets = benefit_sheets(rows, lang) | {
        "positions": place_sheet(places, lang),
        "texts": text_sheet(texts, lang),
        "codes": code_sheet(rt, loaded, lang),
        "links": link_sheet(list(link_rows(loaded.calendar, loaded.store)), lang),
        "goods": goods_sheet(loaded.calendar.lists, lang),
        "crowds": crowd_sheet(batches, lang),
        **store_sheets(loaded, texts, (snapshot, rt.clock()), lang),
        "duties": duty_sheet(tasks_of(rt, loaded), lang),
        "refused": refused_sheet(refusals, lang),
    }
    for name, sheet in sheets.items():
        write_csv(to / f"{name}.csv", sheet)
    write_workbook(to / f"{loaded.calendar.calendar}.xlsx", list(sheets.values()))
    return PackMade(
        directory=str(to),
        sheets={name: len(sheet.rows) for name, sheet in sheets.items()},
        refused=tuple(RefusedRow(sheet=r.sheet, row=r.name, reason=r.reason[lang == "zh"]) for r in refusals),
        without_id=tuple(dict.fromkeys(row.benefit for row in rows if row.setup != "people" and not row.platform_id)),
        batches=len(batches),
        crowd_members=sum(batch.members for batch in batches),
        checksum=checksum,
    )


def _snapshot(rt: Runtime) -> Snapshot | None:
    try:
        return rt.current_snapshot()
    except SnapshotMissingError:
        return None


def known_of(rt: Runtime, loaded: LoadedCalendar) -> Known:
    """Ids of the platform and ticks of duties, as the ledger has them."""
    ids = {(one.benefit, one.part): one.platform_id for one in rt.ledger.platform_ids(loaded.calendar.calendar)}
    return Known(ids, frozenset(ticks_of(rt, loaded)))


def _crowds(rt: Runtime, loaded: LoadedCalendar, to: Path, rows: Sequence[SetupRow]) -> tuple[list[Batch], str]:
    calendar = loaded.calendar
    try:
        rt.current_snapshot()
    except SnapshotMissingError:
        return [], ""
    made = plan(rt, calendar.calendar, keep=True)
    people = people_file(rt, calendar.calendar, made.checksum)
    phases = {(row.play, row.at): row.phase for row in made.occurrences}
    try:
        members = (one for one in _persons(people, phases) if one.benefit)
        by_benefit = {row.benefit: row for row in reversed(rows)}
        return write_crowds(to / "crowds", loaded, members, by_benefit), made.checksum
    finally:
        people.unlink()


def _persons(people: Path, phases: Mapping[tuple[str, datetime], str]) -> Iterator[CrowdMember]:
    from warehouse.decision.files import chosen_rows

    for play, at, member, channel, benefit, _ in chosen_rows(people):
        yield CrowdMember(phases[play, at], play, benefit or "", at, member, channel)


def _of_benefits(rows: Sequence[SetupRow]) -> Iterator[Refusal]:
    for row in rows:
        for reason in row.refused:
            yield Refusal(row.sheet, f"{row.benefit} {row.part}".strip(), reason)


def _of_places(rows: Sequence[PlaceRow]) -> Iterator[Refusal]:
    for row in rows:
        for reason in row.refused:
            yield Refusal("positions", f"{row.phase}/{row.play} {row.position}", reason)


def _of_goods(loaded: LoadedCalendar, snapshot: Snapshot | None) -> Iterator[Refusal]:
    from warehouse.snapshots.items import items_of, on_hand

    items = items_of(snapshot) if snapshot is not None else ()
    prices = {one.item_id: one.list_price_cents for one in items if one.list_price_cents is not None}
    yield from goods_against_items(loaded.calendar.lists, on_hand(items), prices)


def _of_texts(rows: Sequence[TextRow]) -> Iterator[Refusal]:
    for row in rows:
        for reason in row.refused:
            yield Refusal("texts", f"{row.phase}/{row.play} {row.channel}", reason)

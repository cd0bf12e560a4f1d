"""A small calendar that gives one benefit, and what it decides about the members of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from campaign_calendars.time.timeline import Occurrence
from tasks.runtime import feature_params
from warehouse.decision.consents import forget_consents
from warehouse.decision.session import DecisionSession
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import SourceSpec

ZONE = "Asia/Shanghai"
STORE: dict[str, Any] = {
    "store": "shop",
    "tiers": {"window": "365d", "levels": [{"id": "silver"}, {"id": "gold", "spend": 1_000}]},
    "channels": {"mail": {"kind": "mail", "consent": "implied"}},
    "contact_policy": {"min_age": 1},
    "admitted_to": ["challenge"],
}
PHASES = {
    "early": ("2021-10-01", "2021-10-20 23:59:59"),
    "presale": ("2021-10-21", "2021-10-31 21:59:59"),
    "burst": ("2021-11-01", "2021-11-12"),
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00" if ":" in text else f"{text} 00:00+08:00")


def bound(benefit: Mapping[str, Any], store: Mapping[str, Any] | None = None, **play: Any) -> LoadedCalendar:
    """A calendar of three phases, each with a play that gives the benefit to everybody at any moment."""
    told = {"id": "tell", "audience": "everybody", "benefits": ["it"], "channels": ["mail"], "at": "start + 0h"} | play
    written = {
        "calendar": "cal",
        "store": "shop",
        "timezone": ZONE,
        "audiences": {"everybody": {"where": "joined or not joined"}},
        "benefits": {"it": {"unit_cost": 1, **benefit}},
        "phases": [
            {
                "id": name,
                "kind": "custom" if name == "early" else name,
                "window": dict(zip(("from", "to"), window, strict=True)),
                "plays": [told],
            }
            for name, window in PHASES.items()
        ],
    }
    calendar = load_calendar(yaml.safe_dump(written), "cal.yaml")
    shop = load_store(yaml.safe_dump({**STORE, **(store or {})}), "shop.yaml").model
    assert shop is not None
    assert calendar.model is not None, calendar.problems
    return bind(calendar, shop)


PARAMS = feature_params(bound({"kind": "service", "offers": "after_sales"}))


def build(base: Path, tables: Mapping[str, str]) -> Snapshot:
    """A snapshot of 20 November from the text of a file for each dataset."""
    for name, text in tables.items():
        (base / f"{name}.csv").write_text(text, "utf-8")
    sources = [SourceSpec(name, "csv", f"{name}.csv", timezone=ZONE) for name in tables]
    return build_snapshot(sources, base_dir=base, directory=base / "var", as_of=moment("2021-11-20"), params=PARAMS)


def decide(
    snapshot: Snapshot,
    loaded: LoadedCalendar,
    at: str,
    play: str = "tell",
    birthdays: Iterable[tuple[str, datetime]] = (),
) -> dict[str, tuple[str, str | None, str, str | None]]:
    """Member → status, reason, chain, arm of one moment."""
    when = moment(at)
    phase = next(name for name, span in loaded.timeline.phases.items() if span.contains(when))
    brief = make_brief(loaded.calendar, loaded.store, loaded.timeline, Occurrence("cal", phase, play, when))
    with _as_new(snapshot) as session:
        session.load_birthday_gifts(birthdays)
        session.move_to(when, feature_params(loaded), [brief])
        session.decide(brief)
        rows = session._con.execute("select member_id, status, reason, chain, arm from decisions").fetchall()
    return {member: (status, reason, chain, arm) for member, status, reason, chain, arm in rows}


@contextmanager
def _as_new(snapshot: Snapshot) -> Iterator[DecisionSession]:
    """A session that has decided nothing yet; opening one takes as long as deciding, so the last one is kept."""
    session = _open(snapshot)
    session._con.begin()
    try:
        yield session
    finally:
        session._con.rollback()
        forget_consents(session._con)  # variables of theirs outlive what is rolled back


_kept: dict[Path, DecisionSession] = {}


def _open(snapshot: Snapshot) -> DecisionSession:
    if snapshot.path not in _kept:
        while _kept:
            _kept.popitem()[1].close()
        session = _kept[snapshot.path] = DecisionSession(snapshot)
        session.move_to(snapshot.as_of, PARAMS, [])  # defines what the models read with
    return _kept[snapshot.path]

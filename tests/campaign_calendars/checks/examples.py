"""The examples of the explanations, run: what `promocal explain` shows is what happens.

Keys of an example replace those of a small calendar and store; other codes are about other files, and
their examples are the text of such a file.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from campaign_calendars.checks import check, load_store
from campaign_calendars.findings.problem import Problem
from campaign_calendars.messages.templates import Messages, named_templates
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.writing.activities import import_activities
from campaign_calendars.writing.moving import move_calendar
from tasks.calendars.checking import read_calendar
from tasks.calendars.codes import check_codes
from tasks.calendars.messages import check_templates
from tasks.calendars.pictures import check_pictures
from tasks.data.suppressions import import_suppressions
from warehouse.ledger.memory import MemoryLedger

CALENDAR = """\
calendar: small
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
budget: {total: 1000.00, pools: {coupons: 500.00}}
audiences: {everybody: joined}
benefits: {c: {kind: member_coupon, threshold: 199, value: 30, pool: coupons}}
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    plays:
      - id: p
        audience: everybody
        benefits: [c]
        channels: [sms, push]
        positions: [home_page]
        at: D-1 10:00
        message: m.txt
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000}]}
channels:
  sms: {consent: required, quiet_hours: {from: 20:00, to: 08:00}}
  push: {consent: implied}
positions: {home_page: {}}
holdout: {share: 1%, salt: shop-2026}
"""
SALTS = {"spring-2026": "spring"}
SMS = """\
channels:
  sms: {kind: sms, provider: huawei, signature: 小店, max_segments: 1, max_chars: 120, consent: required}
  push: {consent: implied}
"""
WITHOUT_BENEFIT = """\
      - {id: q, audience: everybody, channels: [push], at: D 10:00, message: m.txt}
"""
OF_A_STORE = ("C154", "C261", "C285")
"""Their examples are keys of a store, also where a calendar has such a key."""
MOVED_FROM, MOVED_TO = 2024, 2031


def patched(base: str, patch: str) -> str:
    """`base` with the top-level keys of `patch` in place of its own."""
    blocks: dict[str, str] = {}
    for text in (base, patch):
        key = ""
        for line in text.splitlines(keepends=True):
            if line[0] not in " -#\n":
                key = line.split(":", 1)[0]
                blocks[key] = ""
            blocks[key] += line if line.endswith("\n") else line + "\n"
    return "".join(blocks.values())


def divided(patch: str) -> tuple[str, str]:
    """The keys of a patch that belong to the calendar, and those that belong to the store."""
    store_keys = set(Store.model_fields) - {"store", "title", "holdout", "values", "audiences"}
    parts: dict[str, str] = {"calendar": "", "store": ""}
    key = ""
    for line in patch.splitlines(keepends=True):
        if line[0] not in " -#\n":
            key = line.split(":", 1)[0]
        parts["store" if key in store_keys else "calendar"] += line
    return parts["calendar"], parts["store"]


SOURCES = frozenset({"members", "orders"})


def problems_of(patch: str, messages: Messages | None = None) -> list[Problem]:
    """All problems of the small calendar and store with some top-level keys replaced."""
    of_calendar, of_store = divided(patch)
    calendar = load_calendar(patched(CALENDAR, of_calendar), "calendar.yaml")
    store = load_store(patched(STORE, of_store), "store.yaml")
    problems = [*calendar.problems, *store.problems]
    if calendar.model is not None and store.model is not None:
        problems += check(bind(calendar, store.model), messages, SOURCES, salts=SALTS)
        if messages is not None:
            problems += check_templates(calendar.model, messages)
    return problems


def problems_of_example(code: str, text: str) -> list[Problem]:
    """All problems of an example of `code`; they hold the code exactly when it is the failing one."""
    if code < "C028":
        return load_calendar(text, "calendar.yaml").problems
    kinds = {
        "C101": _in_a_directory,
        **dict.fromkeys(OF_A_STORE, _of_a_store),
        "C604": _of_named_message,
        **dict.fromkeys(("C616", "C617", "C618", "C620", "C621"), problems_of),
        "C608": _of_named_message,
        "C619": _of_pictures,
        "C630": _of_codes,
        "C631": _of_codes,
        "S7": _of_activities,
        "S6": _of_suppressions,
    }
    kinds |= {"C18": _of_a_move, "C603": lambda text: _of_message(text, WITHOUT_BENEFIT), "C6": _of_message}
    run = next((run for prefix, run in kinds.items() if code.startswith(prefix)), problems_of)
    return run(text)


def _of_a_store(text: str) -> list[Problem]:
    return load_store(patched(STORE, text), "store.yaml").problems


def _of_a_move(text: str) -> list[Problem]:
    year = f"calendar: small-{MOVED_FROM}\nday_zero: {MOVED_FROM}-03-08\n"
    return move_calendar(patched(patched(CALENDAR, year), text), MOVED_TO, "calendar.yaml").problems


def _of_named_message(text: str) -> list[Problem]:
    return problems_of(text, Messages({"messages/recall.txt": "hi"}, {"messages/recal.txt": "missing"}))


def _of_pictures(text: str) -> list[Problem]:
    calendar = load_calendar(patched(CALENDAR, text), "calendar.yaml").model
    assert calendar is not None
    with tempfile.TemporaryDirectory() as directory:
        picture = Path(directory) / "pictures" / "burst.png"
        picture.parent.mkdir()
        picture.write_bytes(b"\x89PNG\r\n\x1a\n")
        return check_pictures(calendar, Path(directory))


def _of_codes(text: str) -> list[Problem]:
    """A calendar and the files its partners' codes lie in, or a text that gives some."""
    gives = "benefits: {c: {kind: partner, brand: Youku, item: a month, unit_cost: 5, codes: codes/full.csv}}"
    calendar = load_calendar(patched(CALENDAR, text if text.startswith("benefits") else gives), "calendar.yaml").model
    assert calendar is not None
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "codes").mkdir()
        (Path(directory) / "codes" / "full.csv").write_text("code\nA-1\n", "utf-8")
        names = named_templates(calendar)
        return check_codes(calendar, Path(directory), dict.fromkeys(names, text))


def _of_message(text: str, more: str = "") -> list[Problem]:
    return problems_of(patched(CALENDAR + more, SMS), Messages({"m.txt": text.strip()}))


def _of_suppressions(text: str) -> list[Problem]:
    moment, channels = datetime(2026, 3, 8, tzinfo=UTC), {"sms": "sms", "push": "push"}
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "suppressions.csv"
        file.write_text(text, "utf-8")
        done = import_suppressions(MemoryLedger(), file, moment, place="suppressions.csv", channels=channels)
    return list(done.problems)


def _of_activities(text: str) -> list[Problem]:
    return import_activities(text, "activities.json").problems


def _in_a_directory(text: str) -> list[Problem]:
    """The calendar and its store as files, for what is found while they are read."""
    with tempfile.TemporaryDirectory() as directory:
        calendar = Path(directory) / "calendar.yaml"
        calendar.write_text(patched(CALENDAR, text), "utf-8")
        (Path(directory) / "shop.yaml").write_text(STORE, "utf-8")
        return [problem.moved_to("calendar.yaml") for problem in read_calendar(calendar)[1]]

"""A small project on disk and its calendar as an editor has it."""

from __future__ import annotations

from pathlib import Path

from lsprotocol.types import Position, Range

from promocal.editor.sheets import Sheet

ALL = Range(Position(0, 0), Position(10_000, 0))
CALENDAR = """\
calendar: tiny
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences:
  everybody: {title: {zh: 全部会员, en: All members}, where: joined}
  high:
    title: {zh: 高等级, en: Upper tiers}
    where: audience('everybody') and tier >= 'gold'
benefits:
  c30: {kind: member_coupon, title: {zh: 三十元券, en: Coupon of 30}, threshold: 199.00, value: 30.00, stock: 10}
waves:
  - {id: wave-1, window: {from: D-3, to: D}}
phases:
  - id: burst
    kind: burst
    title: {zh: 爆发, en: Burst}
    wave: wave-1
    window: {from: D-3, to: D}
    plays:
      - id: recall
        title: {zh: 召回😀, en: Recall}
        audience: high
        benefits: [c30]
        channels: [sms]
        at: D-1 10:00
        message: messages/recall.txt
      - id: reminder
        audience: everybody
        channels: [sms]
        at: daily 10:00
        message: messages/recall.txt
"""
SHOP = """\
store: shop
tiers:
  window: 365d
  levels: [{id: basic}, {id: gold, spend: 1000.00}]
channels:
  sms: {title: {zh: 短信, en: Text message}, kind: sms, consent: required, signature: 小店}
"""
MESSAGE = "{{ play.title }}，上新了。\n"


def project(root: Path, text: str = CALENDAR) -> Path:
    """The project in a directory; returns the path of its calendar."""
    for folder in ("calendars", "stores", "messages"):
        (root / folder).mkdir()
    (root / "promocal.toml").write_text("", "utf-8")
    (root / "stores" / "shop.yaml").write_text(SHOP, "utf-8")
    (root / "messages" / "recall.txt").write_text(MESSAGE, "utf-8")
    path = root / "calendars" / "tiny.yaml"
    path.write_text(text, "utf-8")
    return path


def changed(old: str, new: str) -> str:
    """The calendar with a piece of it, which is there once, written otherwise."""
    assert CALENDAR.count(old) == 1
    return CALENDAR.replace(old, new)


def sheet(path: Path, text: str = CALENDAR) -> Sheet:
    return Sheet(path.as_uri(), path, text)


def at(text: str, mark: str, offset: int = 0) -> Position:
    """Where a piece of text that is there once begins, `offset` characters further."""
    assert text.count(mark) == 1, f"{mark!r} is there {text.count(mark)} times"
    index = text.index(mark) + offset
    line = text.count("\n", 0, index)
    before = text[text.rfind("\n", 0, index) + 1 : index]
    return Position(line, len(before.encode("utf-16-le")) // 2)


def cut(one: Sheet, where: Range) -> str:
    line, start = one.place(where.start)
    _, end = one.place(where.end)
    return one.lines[line][start:end]

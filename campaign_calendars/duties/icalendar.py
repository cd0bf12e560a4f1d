"""Duties as an iCalendar file (RFC 5545): one event for each, with a reminder, to be subscribed to or imported.

Events, not VTODO: the calendars people have (Outlook, Google, DingTalk, WeCom) show nothing else. Moments
are written in UTC, which needs no definition of a time zone; the program that reads them shows its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from campaign_calendars.duties.states import DutyState
from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.time.timeline import utc

MOST_OCTETS = 75
"""Of a content line without its line break (RFC 5545, 3.1)."""
_DONE: Said = ("done: {text}", "已完成：{text}")
_OWNER: Said = ("owner: {owner}", "负责人：{owner}")
_AFTER: Said = ("after: {names}", "前置事项：{names}")
_NEEDED: Said = ("needed by: {names}", "以下内容在等待：{names}")
_DONE_BY: Said = ("done by {by}", "由 {by} 完成")


def icalendar(calendar: str, title: str, duties: Iterable[DutyState], *, at: datetime, lang: str) -> str:
    """The file's text, lines ended by CRLF. `at` is when it is made; reading it again replaces its events."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//promocal//duties//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(title)}",
    ]
    for duty in duties:
        lines += _event(calendar, duty, at, lang)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _event(calendar: str, duty: DutyState, at: datetime, lang: str) -> Iterator[str]:
    text = duty.text.get(lang)
    done = duty.state == "done"
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(duty.duty)}@{_escaped(calendar)}.promocal"
    yield f"DTSTAMP:{_moment(at)}"
    # An event without an end lasts no time: it is a deadline, and takes nobody's time (TRANSP).
    yield f"DTSTART:{_moment(duty.due_at)}"
    yield f"SUMMARY:{_escaped(in_language(_DONE, lang).format(text=text) if done else text)}"
    yield f"DESCRIPTION:{_escaped(_description(duty, lang))}"
    yield f"CATEGORIES:{_escaped(calendar)},{_escaped(duty.phase)}"
    yield f"PRIORITY:{1 if duty.level == 'must' else 5}"
    yield "TRANSP:TRANSPARENT"
    if not done:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_escaped(text)}"
        yield f"TRIGGER;VALUE=DATE-TIME:{_moment(duty.begin_at)}" if duty.begin_at != duty.due_at else "TRIGGER:-P1D"
        yield "END:VALARM"
    yield "END:VEVENT"


def _description(duty: DutyState, lang: str) -> str:
    parts = [
        (_OWNER, {"owner": duty.owner.get(lang)}),
        (_AFTER, {"names": ", ".join(duty.after)}),
        (_NEEDED, {"names": ", ".join(duty.needed_by)}),
        (_DONE_BY, {"by": duty.done_by}),
    ]
    return "\n".join([duty.duty, *(in_language(said, lang).format(**one) for said, one in parts if any(one.values()))])


def _moment(at: datetime) -> str:
    return f"{utc(at):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line ends escaped, other control characters left out (3.3.11)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(one for one in plain if one >= " " or one in "\n\t")
    for one in "\\;,":
        kept = kept.replace(one, f"\\{one}")
    return kept.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A content line in pieces of 75 octets at most, later ones after a blank; no character is torn apart (3.1)."""
    piece, octets = "", 0
    for one in line:
        size = len(one.encode())
        if octets + size > MOST_OCTETS:
            yield piece
            piece, octets = " ", 1
        piece, octets = piece + one, octets + size
    yield piece

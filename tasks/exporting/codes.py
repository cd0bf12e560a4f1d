"""The sheet of partners' codes: which are given and which are free, without telling any."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.model.benefits.rights import Partner
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.calendars.codes import UnreadCodesError, masked_code, read_codes
from tasks.reporting.labels import words
from tasks.runtime import Runtime
from tasks.sheets import Cell, Sheet

_HEAD: tuple[Said, ...] = (
    ("benefit", "权益id"), ("partner", "合作方"), ("code", "兑换码"), ("state", "状态"), ("calendar", "日历"),
    ("given", "发放时间"),
)  # fmt: skip
_TITLE: Said = ("codes", "兑换码")
_FREE: Said = ("free", "未发放")
_SENT: Said = ("sent", "已发送")


def code_sheet(rt: Runtime, loaded: LoadedCalendar, lang: str) -> Sheet:
    """A row for each code of the calendar's benefits, in the order of their files; codes are masked."""
    head = [in_language(one, lang) for one in _HEAD]
    return Sheet(in_language(_TITLE, lang), head, list(_rows(rt, loaded, lang)))


def _rows(rt: Runtime, loaded: LoadedCalendar, lang: str) -> Iterator[list[Cell]]:
    zone = loaded.timeline.timezone
    for name, benefit in loaded.calendar.benefits.items():
        if not isinstance(benefit, Partner) or benefit.codes is None:
            continue
        try:
            codes = read_codes(rt.settings.root, benefit)
        except UnreadCodesError:
            continue  # `check` says why
        given = {row.digest: row for row in rt.ledger.code_rows(codes.partner)}
        for digest, code in codes.by_digest.items():
            row = given.get(digest)
            about = (name, benefit.brand.get(lang), masked_code(code))
            if row is None:
                yield [*about, in_language(_FREE, lang), "", ""]
            else:
                at = row.taken_at.astimezone(zone)
                known = words(lang)
                yield [
                    *about,
                    known.get(f"state_{row.status}", in_language(_SENT, lang)),
                    row.calendar,
                    f"{at:%Y-%m-%d %H:%M}",
                ]

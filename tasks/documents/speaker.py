"""What every document needs to name the things of a calendar in one language."""

from __future__ import annotations

from dataclasses import dataclass

from campaign_calendars.deciding.contact import REASONS
from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.model.benefits import describe
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.offers import on_the_clock

_BESIDE: dict[str, Said] = {
    "not in the audience": ("not in the audience", "不在人群中"),
    "held_out": ("held out", "进入对照组"),
}
"""What stands where a reason may stand and is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Names by title where there is one, else by id; called with a pair of texts, it gives the one of its language."""

    lang: str
    loaded: LoadedCalendar

    def __call__(self, en: str, zh: str) -> str:
        return zh if self.lang == "zh" else en

    def head(self, en: str, zh: str) -> list[str]:
        """Heads of columns, written with bars between them."""
        return self(en, zh).split("|")

    def said(self, pair: Said) -> str:
        return in_language(pair, self.lang)

    def channel(self, name: str) -> str:
        known = self.loaded.store.channels.get(name)
        return (known.title.get(self.lang) if known else "") or name

    def audience(self, name: str) -> str:
        known = self.loaded.calendar.audiences.get(name)
        return (known.title.get(self.lang) if known else "") or name

    def benefit(self, name: str) -> str:
        known = self.loaded.calendar.benefits.get(name)
        return (known.title.get(self.lang) if known else "") or name

    def offer(self, name: str) -> str:
        """A benefit of the calendar in one line, with titles of tiers and moments of the clock; "": no such one."""
        written = self.loaded.calendar.benefits.get(name)
        if written is None:
            return ""
        return describe(written, self.lang, on_the_clock(self.loaded.timeline, name, self.tier))

    def tier(self, name: str) -> str:
        known = next((one for one in self.loaded.store.tiers.levels if one.id == name), None)
        return (known.title.get(self.lang) if known else "") or name

    def reason(self, code: str) -> str:
        """Why somebody is not chosen, in words."""
        if code in _BESIDE:
            return self.said(_BESIDE[code])
        return REASONS[code].title.get(self.lang) if code in REASONS else code

"""Addresses of the board's pages."""

from __future__ import annotations

from urllib.parse import quote


def all_calendars(lang: str) -> str:
    return f"/?lang={lang}"


def calendar_page(calendar: str, lang: str) -> str:
    return f"/{quote(calendar, safe='')}?lang={lang}"


def plan_page(calendar: str, lang: str) -> str:
    return f"/{quote(calendar, safe='')}/plan?lang={lang}"


def report_page(calendar: str, lang: str) -> str:
    return f"/{quote(calendar, safe='')}/report?lang={lang}"

"""How often a command does its work again, as somebody writes it."""

from __future__ import annotations

from datetime import timedelta

from campaign_calendars.findings.errors import UsageError


def pause_of(option: str, written: str, *, least: str, like: tuple[str, str], in_zh: str) -> timedelta:
    """The duration that an option names, of `least` (10s) or more; `like`: two examples.

    UsageError: it is none, or shorter.
    """
    from campaign_calendars.values.scalars import parse_duration

    try:
        pause = parse_duration(written)
    except ValueError:
        pause = timedelta()
    if pause < parse_duration(least):
        raise UsageError(
            (
                f"{option} {written} is no duration of {least} or more",
                f"{option} {written} 不是 {in_zh} 以上的时长",
            ),
            (f"write it like {like[0]} or {like[1]}", f"请写成 {like[0]} 或 {like[1]}"),
        )
    return pause

"""A calendar read the plain way, in a process of its own: libyaml's loader and a few pydantic models of its shape.

Run by `benchmarks.check` as a script. It finds a wrong shape and a play that names no audience or benefit, and
knows nothing of dates, audience conditions, places in the file or the store.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel


class Window(BaseModel):
    to: str


class Audience(BaseModel):
    where: str
    title: dict[str, str] | str = ""


class Play(BaseModel):
    id: str
    audience: str
    channels: list[str] = []
    benefits: list[str] = []
    at: Any = None


class Phase(BaseModel):
    id: str
    kind: str
    window: Window
    plays: list[Play] = []


class Calendar(BaseModel):
    calendar: str
    store: str
    timezone: str
    audiences: dict[str, Audience]
    benefits: dict[str, dict[str, Any]]
    phases: list[Phase]


def main() -> None:
    text = Path(sys.argv[1]).read_text("utf-8")
    calendar = Calendar.model_validate(yaml.load(text, yaml.CBaseLoader))
    for phase in calendar.phases:
        for play in phase.plays:
            if play.audience not in calendar.audiences or not calendar.benefits.keys() >= set(play.benefits):
                print(f"{phase.id}/{play.id} names something that is not there")


if __name__ == "__main__":
    main()

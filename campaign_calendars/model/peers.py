"""Figures of others beside ours: those of peers, of the platform, of a study (A7)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Day, Figure


class PeerFigure(Strict):
    """What a metric is elsewhere (同行数值); shown beside our own figure, with its source (A7)."""

    metric: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Id of a metric, as `promocal metrics` lists them.")
    ]
    figure: Annotated[Figure, Field(description="What it is there: a share such as 30%, or a figure such as 168.00.")]
    source: Annotated[str, Field(min_length=1, max_length=80, description="Who says so: peers, the platform, a study.")]
    on: Day | None = Field(
        default=None, description="Day of the figure; before it, it counts nowhere. Default: it always was so."
    )

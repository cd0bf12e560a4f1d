"""What all messages of a calendar together have to keep: least numbers, most, shares, averages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Money, Share, Text, UnfitError

Figure = Literal["at_least", "at_most", "share_at_least", "share_at_most", "average_cost_at_most", "return_at_least"]
FIGURES: tuple[Figure, ...] = (
    "at_least", "at_most", "share_at_least", "share_at_most", "average_cost_at_most", "return_at_least",
)  # fmt: skip


class Selection(Strict):
    """Which messages count: those that fit all that is named; nothing named: all of the calendar."""

    phases: list[str] = Field(default_factory=list, description="Phases.")
    plays: list[str] = Field(default_factory=list, description="Plays.")
    channels: list[str] = Field(default_factory=list, description="Channels of the store.")
    benefits: list[str] = Field(default_factory=list, description="Messages with one of these benefits.")
    pools: list[str] = Field(default_factory=list, description="Messages with a benefit of these pools.")
    tiers: list[str] = Field(default_factory=list, description="Messages to members of these tiers.")


class SharedLimit(Strict):
    """A limit of the whole plan, not of one member; one figure of it, or none: then it is only reported."""

    id: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60, description="Name in plan and report.")
    ]
    title: Text = Text()
    of: Selection = Field(default=Selection(), description="Which messages count; default: all.")
    per: Literal["campaign", "phase", "day"] = Field(
        default="campaign", description="Counted over the whole campaign, or anew in each phase or local day."
    )
    at_least: int | None = Field(default=None, ge=1, description="Messages there have to be.")
    at_most: int | None = Field(default=None, ge=0, description="Messages there may be.")
    share_at_least: Share | None = Field(default=None, description="Least share of all messages.")
    share_at_most: Share | None = Field(default=None, description="Largest share of all messages.")
    average_cost_at_most: Money | None = Field(
        default=None,
        description="What a benefit that is given may reserve on average; messages without one are left out.",
    )
    return_at_least: Money | None = Field(
        default=None,
        description="What messages still to come have to be worth together (`values`, after all costs), for each 1.00"
        " that their benefits reserve.",
    )

    @model_validator(mode="after")
    def _one_figure(self) -> SharedLimit:
        given = [name for name in FIGURES if getattr(self, name) is not None]
        if len(given) > 1:
            raise UnfitError(
                f"a limit has one figure, here are {' and '.join(given)}; write two limits",
                f"一条限制只写一个数值，这里有 {'、'.join(given)}；请分成两条",
            )
        return self

"""What an operator expects of a contact: who answers it, what for, and what that is worth in money."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Money, Share

Provenance = Literal["assumed", "observational", "experimental"]
"""assumed: somebody's judgement; observational: history without a random control group; experimental: with one."""


class Response(Strict):
    """How many members of a segment buy after a contact, and how many would have bought without it."""

    benefit: str | None = Field(default=None, description="Name of a benefit; empty: a message without one.")
    segment: str | None = Field(
        default=None, description="A named audience, or a condition such as tier = 'gold'; empty: everybody else."
    )
    phase: str | None = Field(default=None, description="Id or kind of a phase; empty: every phase.")
    response: Annotated[Share, Field(description="Share of the contacted members who buy, e.g. 2.1%.")]
    without: Share | None = Field(
        default=None, description="Share who would have bought without the contact; default: `baseline`."
    )
    source: Provenance = Field(
        default="assumed",
        description="Where the figures are from: assumed, observational (history without a random control group) or"
        " experimental (with one); the plan says how much of it rests on which.",
    )


class Values(Strict):
    """What a contact is expected to bring in: with figures for every play the plan maximises money.

    A contact is worth (response - without) x basket x margin, less the response times what the benefit
    costs, less the message. The first response of the list that fits a member counts.
    """

    margin: Share | None = Field(default=None, description="Share of the sales that is left before benefits.")
    basket: Money | None = Field(default=None, description="What a buyer spends.")
    basket_field: str | None = Field(
        default=None,
        description="Member field in money to take instead, such as avg_order; in at most 8 classes of equally many"
        " members, each with its middle, and each member's own at the moment he is decided. `basket` stands for members"
        " without it.",
    )
    baseline: Share | None = Field(default=None, description="Share who buy without any contact.")
    responses: list[Response] = Field(
        default_factory=list, description="What is expected, first fitting one first; those of the calendar go first."
    )
    learned: bool = Field(
        default=False, description="Whether what `promocal values learn` found stands before what is written here."
    )
    explore: Share | None = Field(
        default=None,
        description="Share of the members of each occurrence who get a random one of their options instead of the"
        " planned, so that later campaigns can learn; decision files keep the propensity.",
    )

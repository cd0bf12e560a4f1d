"""Who has to agree before messages leave, and how long they wait for it (B9)."""

from __future__ import annotations

from pydantic import Field

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Duration, Share


class Approval(Strict):
    """When a person has to agree before anything leaves (B9)."""

    above: int = Field(ge=0, description="Members; an occurrence that chooses more waits for approval.")
    within: Duration | None = Field(
        default=None,
        description="How long it waits for an answer, then its messages are cancelled; default: the store's"
        " `approval.within`.",
    )


class ApprovalPolicy(Strict):
    """Who approves, how long runs wait for it, and when one has left the plan that was applied."""

    four_eyes: bool = Field(
        default=False,
        description="Whether somebody else has to approve than the calendar's `author` and whoever applied its plan.",
    )
    within: Duration = Field(
        default="12h",
        validate_default=True,
        description="How long messages wait for an answer, at the latest until they expire; then they are cancelled.",
    )
    envelope: Share | None = Field(
        default="20%",
        validate_default=True,
        description="How many more members, or how much more money, than its applied plan an occurrence may take;"
        " above that, or with another audience, it waits for approval. null: it never does.",
    )

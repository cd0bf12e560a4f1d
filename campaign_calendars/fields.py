"""The names an audience expression may use: the fields of `field_catalogue` and the functions.

Money is compared in currency units (`spend_90d >= 199.00`) and stored in cents. A field that may
be empty (`nullable`) makes a comparison unknown, and unknown members are not in the audience.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from campaign_calendars.field_catalogue import DAY_PARTS, FIELDS, LIFECYCLES, Field, FieldType
from campaign_calendars.values import Text

__all__ = ["DAY_PARTS", "FIELDS", "FUNCTIONS", "LIFECYCLES", "Field", "FieldType", "Function"]


@dataclass(frozen=True)
class Function:
    """A question about a member with one name as its argument; `names` says which kind of name."""

    name: str
    names: Literal["tag", "phase", "play", "benefit", "category", "channel"]
    title: Text
    description: str


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function(
            "has_tag", "tag", Text(zh="有标签", en="has tag"), "Carries the tag at the moment of the run (A1#20)."
        ),
        Function(
            "bought_category",
            "category",
            Text(zh="买过类目", en="bought category"),
            "Ever paid an order with an article of the category, before the run (A1#17).",
        ),
        Function(
            "consented",
            "channel",
            Text(zh="同意该渠道", en="consented"),
            "Consent for the channel stands at the moment of the run: given, and not withdrawn since (B7).",
        ),
        Function(
            "bought_in_phase",
            "phase",
            Text(zh="在阶段内购买", en="bought in phase"),
            "Paid an order inside the window of the phase, before the run (A5).",
        ),
        Function(
            "contacted_by",
            "play",
            Text(zh="被玩法触达", en="contacted by play"),
            "Got a message of the play since the campaign began.",
        ),
        Function(
            "redeemed",
            "benefit",
            Text(zh="已核销权益", en="redeemed benefit"),
            "Used the benefit since the campaign began.",
        ),
    )
}

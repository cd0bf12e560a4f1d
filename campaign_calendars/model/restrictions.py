"""Measures of the platform against a store, and what each of them closes (A1#27)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field, model_validator

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Day, Text, UnfitError

MeasureKind = Literal["messages", "chat", "community", "hidden", "closed", "recruiting"]

OPEN_END: Final = date(2999, 12, 31)
"""Last day of a measure of which nobody knows when it ends."""

_CLOSES: Final[Mapping[str, frozenset[str]]] = {
    "messages": frozenset({"push"}),
    "chat": frozenset({"chat", "dedicated_service"}),
    "community": frozenset({"group"}),
    "hidden": frozenset(),
    "recruiting": frozenset(),
}
"""Measure → kinds of channel it closes; one that is not here closes all of them."""


class Closable(Protocol):
    """A channel of the store, as measures see it."""

    @property
    def kind(self) -> str: ...
    @property
    def domain(self) -> str: ...


class Restriction(Strict):
    """A measure of the platform against the store that closes channels for a time (A1#27)."""

    kind: MeasureKind | None = Field(
        default=None,
        description="Which measure: messages (限制发送站内信) closes push; chat (限制旺旺) chat and assistants;"
        " community (限制社区) groups; hidden (屏蔽店铺) public channels; closed (关店、查封、限制登录) everything;"
        " recruiting (失去招募能力) plays for new members.",
    )
    channels: list[str] = Field(
        default_factory=list, description="Channels of the store that are closed; empty: those its kind closes."
    )
    from_: Annotated[Day, Field(alias="from", description="First day of the measure.")]
    to: Annotated[Day, Field(description="Last day of the measure.")]
    reason: Text = Field(default=Text(), description="What it is for; shown with the finding.")

    @model_validator(mode="after")
    def _in_order(self) -> Restriction:
        if self.to < self.from_:
            raise UnfitError("the last day lies before the first; exchange them", "结束日早于开始日；请对调")
        if not self.channels and self.kind is None:
            raise UnfitError(
                "a measure says its `kind` or the `channels` it closes", "请写明措施的 kind 或它关闭的 channels"
            )
        return self

    def closes(self, name: str, channel: Closable, *, recruits: bool = False) -> bool:
        """Whether it closes a channel of the store to a play; `recruits`: the play is for new members."""
        if self.channels:
            return name in self.channels and (self.kind != "recruiting" or recruits)
        if self.kind == "recruiting":
            return recruits
        if self.kind == "hidden":
            return channel.domain == "public"
        return channel.kind in _CLOSES.get(self.kind or "", frozenset({channel.kind}))


def measure_on(
    measures: Iterable[Restriction], day: date, name: str, channel: Closable, *, recruits: bool = False
) -> Restriction | None:
    """Of the measures that close a channel on a local day, the one that lasts longest; None: it is open."""
    held = [one for one in measures if one.from_ <= day <= one.to and one.closes(name, channel, recruits=recruits)]
    return max(held, key=lambda one: one.to, default=None)


def recruits(kinds: Iterable[str]) -> bool:
    """Whether a play that gives or announces benefits of these kinds is for new members."""
    return any(kind.startswith("new_member_") for kind in kinds)

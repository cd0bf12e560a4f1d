"""Rules about one member, between the plays of a calendar: what excludes, what follows, how many, how much.

    rules:
      - never: [teaser, recall]
      - {after: recall, not: list, for: 7d}
      - {follow_up: thanks, of: recall, within: 7d}
      - {at_least: 2, of: [teaser, recall, list]}
      - spend_per_member: 60.00

A play of another calendar is named before a slash (`autumn/recall`), as audiences name it. What one rule
means to members is in `campaign_calendars.deciding.rules`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from campaign_calendars.model.programme import Strict
from campaign_calendars.values.scalars import Duration, Money, UnfitError

MOST_PLAYS = 50
MOST_AT_LEAST = 20
_COMPANIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "never": ((), ()),
    "after": (("not", "for"), ()),
    "follow_up": (("of",), ("within",)),
    "at_least": (("of",), ()),
    "spend_per_member": ((), ("per",)),
}
"""What a rule is told by, and the keys it must and may have beside."""
_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Names = Annotated[list[str], WithJsonSchema(_NAMES)]


class MemberRule(Strict):
    """One rule about one member: `never`, `after`, `follow_up`, `at_least` or `spend_per_member`."""

    never: list[str] | None = Field(
        default=None, min_length=2, max_length=MOST_PLAYS, description="Plays of which a member gets one at most."
    )
    after: str | None = Field(default=None, description="The play that keeps another away, with `not` and `for`.")
    not_: str | None = Field(
        default=None, alias="not", description="The play a member does not get so soon after the one in `after`."
    )
    for_: Duration | None = Field(
        default=None, alias="for", description="How long; exactly so long after it is allowed again."
    )
    follow_up: str | None = Field(
        default=None, description="The play a member gets only after one of the plays in `of`."
    )
    of: Names | None = Field(
        default=None, min_length=1, max_length=MOST_PLAYS, description="Plays that `follow_up` or `at_least` means."
    )
    within: Duration | None = Field(
        default=None, description="How soon a follow-up has to come, this long included; default: whenever."
    )
    at_least: int | None = Field(
        default=None,
        ge=2,
        le=MOST_AT_LEAST,
        description="Messages of the plays in `of` a member gets in all, or none of them.",
    )
    spend_per_member: Money | None = Field(
        default=None, description="What the benefits one member is granted may cost, as the budget reserves it."
    )
    per: Literal["campaign", "phase"] | None = Field(
        default=None, description="What `spend_per_member` is counted over; default: campaign."
    )

    @property
    def kind(self) -> str:
        """The key that tells it from the others."""
        return next(key for key in _COMPANIONS if getattr(self, key) is not None)

    @property
    def plays(self) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        """The plays it names, each with its place inside the rule."""
        named: list[tuple[tuple[str | int, ...], str]] = []
        keys = ("never", "after", "not", "follow_up", "of")
        values = (self.never, self.after, self.not_, self.follow_up, self.of)
        for key, value in zip(keys, values, strict=True):
            if isinstance(value, str):
                named.append(((key,), value))
            named += [((key, number), name) for number, name in enumerate(value)] if isinstance(value, list) else []
        return tuple(named)

    @model_validator(mode="before")
    @classmethod
    def _one_name_is_a_list(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("of"), str):
            return {**value, "of": [value["of"]]}
        return value

    @model_validator(mode="after")
    def _is_one_rule(self) -> MemberRule:
        written = {
            info.alias or name for name, info in type(self).model_fields.items() if getattr(self, name) is not None
        }
        kinds = [key for key in _COMPANIONS if key in written]
        if len(kinds) != 1:
            told = f"it has {' and '.join(kinds)}" if kinds else "it has none"
            told_zh = f"现有 {'、'.join(kinds)}" if kinds else "现在没有"
            raise UnfitError(
                f"a rule is told by one of {', '.join(_COMPANIONS)}: {told}; write one rule a line",
                f"每条规则须且只须写 {'、'.join(_COMPANIONS)} 之一，{told_zh}；请每条规则单独一项",
            )
        must, may = _COMPANIONS[kinds[0]]
        if missing := [key for key in must if key not in written]:
            raise UnfitError(
                f"`{kinds[0]}` needs `{'` and `'.join(missing)}`; add what is missing",
                f"{kinds[0]} 还需要 {'、'.join(missing)}；请补充",
            )
        if strange := sorted(written - {*kinds, *must, *may}):
            raise UnfitError(
                f"`{'`, `'.join(strange)}` means nothing beside `{kinds[0]}`; delete it",
                f"{'、'.join(strange)} 与 {kinds[0]} 同写没有意义；请删除",
            )
        if timedelta(0) in (self.for_, self.within):
            raise UnfitError(
                "a rule over no time says nothing; write a longer one", "时长为零的规则没有意义；请写更长的时长"
            )
        if self.spend_per_member == 0:
            raise UnfitError(
                "a member who may be granted nothing needs no rule; give the plays no benefits",
                "不允许任何权益时无需规则；请让玩法不带权益",
            )
        return self

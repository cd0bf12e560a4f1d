"""Whether the sources bring what the benefits of a calendar ask about their members."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from campaign_calendars.deciding.briefs import BenefitOption, Brief
from campaign_calendars.deciding.conditions import FACTS, Fact
from campaign_calendars.findings.errors import UsageError


def unfounded(briefs: Sequence[Brief], missing: Collection[Fact]) -> dict[str, tuple[Fact, ...]]:
    """Benefit → the facts it asks about of which no source brings anything, where the platform keeps its rules.

    UsageError where nobody could keep them: such a benefit would be given to nobody.
    """
    options = {option.benefit: option for brief in briefs for option in brief.benefits}
    found = {name: facts for name, option in options.items() if (facts := _missing(option, missing))}
    ours = {name: facts for name, facts in found.items() if not options[name].by_platform}
    if ours:
        name, facts = next(iter(ours.items()))
        en, zh = (", ".join(FACTS[fact][0] for fact in facts), "、".join(FACTS[fact][1] for fact in facts))
        raise UsageError(
            (f"{name} cannot be enforced: no source of {en}", f"无法执行 {name} 的条件：没有数据来源：{zh}"),
            ("connect a source of it, or leave the benefit out", "请接入该数据，或去掉该权益"),
        )
    return found


def _missing(option: BenefitOption, missing: Collection[Fact]) -> tuple[Fact, ...]:
    asked = dict.fromkeys(condition.kind.fact for condition in option.conditions)
    return tuple(fact for fact in asked if fact in missing)

"""Experiments that ran in another tool: what their file says, and what may be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.lift import Arm, Contrast, Verdict
from campaign_calendars.values.units import Ratio

MOST_UNKNOWN = 0.05
"""Share of members nobody knows above which a difference is thinned beyond use: the ids are of another kind."""
_MOST_ARMS = 20
_CONTROLS = (
    "control",
    "holdout",
    "hold-out",
    "held_out",
    "play_control",
    "campaign_control",
    "对照",
    "对照组",
    "空白组",
)

OutcomesFrom = Literal["orders", "columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsFile:
    """What a file of arms came to."""

    lines: int
    """Lines below the header that are not blank."""
    repeated: int
    """Lines that say again what an earlier one said."""
    in_two_arms: int
    """Members who stand in more than one arm."""
    examples: tuple[str, ...]
    """A few of them, masked."""
    later: int
    """Persons who were assigned after the moment of measuring; they count nowhere."""
    unknown: Mapping[str, int]
    """Arm → members of whom the data knows nothing; empty where outcomes are columns of the file."""
    as_of: datetime
    """The moment it was measured; nothing later counts."""
    alike: tuple[str, ...]
    """Other spellings of an arm's name, which count to it."""
    costs: bool
    """Whether the file says what each member cost."""
    first_at: datetime | None
    """The first assignment; null where the file names none."""
    arms: Mapping[str, Arm]
    """Name of the arm → its sums, by assignment."""
    drawn_by: str = "member"
    """What was drawn into the arms: `member`, or the column of the file with the regions that were."""
    whole: str = ""
    """A column of places each of which lies in one arm, though members are said to have been drawn; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsMeasured(ArmsFile):
    """An experiment from elsewhere, measured."""

    file: str
    """Name of the file."""
    outcomes: OutcomesFrom
    """Whether what members bought was read from `orders` of the snapshot or from `columns` of the file."""
    until: datetime | None
    """When it ends; null where nobody said, then it counts as over."""
    currency: str
    """Currency of all amounts."""
    currency_assumed: bool
    """Whether neither the file nor anybody said so."""
    control: str
    """The arm that the others are compared with."""
    shares: Mapping[str, Ratio]
    """Arm → the share that was drawn; empty where it was not declared."""
    contrasts: Mapping[str, Contrast]
    """Every other arm → against the control."""


def control_of(arms: Sequence[str], named: str | None) -> str:
    """The arm to compare with: as named, else the one that is called so; UsageError where that is not one."""
    if len(arms) > _MOST_ARMS:
        raise UsageError(
            (f"the column of arms has {len(arms):,} different values", f"分组列有 {len(arms):,} 种不同取值"),
            (
                f"name the right column `arm`; at most {_MOST_ARMS} arms can be compared",
                f"请把正确的列命名为 arm；最多可比较 {_MOST_ARMS} 个组",
            ),
        )
    shown = ", ".join(arms)
    if len(arms) < 2:  # noqa: PLR2004 - a comparison has two sides
        raise UsageError(
            (f"there is only one arm: {shown or 'none'}", f"只有一个组：{shown or '无'}"),
            (
                "a comparison needs those who were held out as well: export both arms",
                "比较还需要对照组：请把各组一并导出",
            ),
        )
    found = [named] if named is not None else [one for one in arms if one.strip().lower() in _CONTROLS]
    if len(found) != 1 or found[0] not in arms:
        raise UsageError(
            (f"which arm was held out is not clear; there are {shown}", f"不清楚哪个是对照组；现有：{shown}"),
            (f"write --control {arms[0]}, with the right name", f"请写 --control {arms[0]}（换成正确的名称）"),
        )
    return found[0]


def shares_of_arms(written: Sequence[str], arms: Sequence[str]) -> dict[str, int]:
    """`treated=90%` → basis points. One arm may be left out and has the rest; UsageError where it does not add up."""
    shares: dict[str, int] = {}
    for text in written:
        name, _, share = text.rpartition("=")
        try:
            points = round(float(share.strip().removesuffix("%").removesuffix("％")) * 100)
        except (ValueError, OverflowError):
            points = 0
        if not name.strip() or not 0 < points < 10_000 or not share.strip().endswith(("%", "％")):  # noqa: PLR2004
            raise _no_share(text)
        shares[name.strip()] = points
    rest = 10_000 - sum(shares.values())
    without = [arm for arm in arms if arm not in shares]
    if shares and len(without) == 1 and rest > 0:
        shares[without[0]] = rest
    if shares and (sum(shares.values()) != 10_000 or any(arm not in shares for arm in arms)):  # noqa: PLR2004
        raise UsageError(
            (
                f"the shares of {', '.join(arms)} add up to {sum(shares.values()) / 100:g}%, not to 100%",
                f"{'、'.join(arms)} 的比例合计为 {sum(shares.values()) / 100:g}%，不是 100%",
            ),
            (
                "write the share each arm was drawn with; one may be left out",
                "请写出各组抽取时的比例；可省略其中一组",
            ),
        )
    return shares


def _no_share(text: str) -> UsageError:
    return UsageError(
        (f"{text!r} is no share of an arm", f"{text!r} 不是组的比例"),
        ("write it like --share treated=90%", "请写成 --share treated=90%"),
    )


def why_withheld(found: ArmsFile) -> Verdict | None:
    """Why no difference may be shown whatever the sums are; None where nothing speaks against it."""
    if found.in_two_arms:
        return "in two arms"
    members = sum(arm.members for arm in found.arms.values())
    if sum(found.unknown.values()) > MOST_UNKNOWN * members:
        return "members unknown"
    return None


def told_of_file(found: ArmsMeasured) -> list[Said]:
    """What the reader of the figures has to know of the file, in sentences."""
    return [*_of_members(found), *_of_what_was_said(found)]


def _of_members(found: ArmsMeasured) -> list[Said]:
    """Who is counted otherwise than the file has it, or nowhere."""
    told: list[Said] = []
    if found.in_two_arms:
        some = ", ".join(found.examples)
        told.append((
            (f"{found.in_two_arms:,} member(s) stand in more than one arm ({some}): arms that share members were not"
            " drawn by lot, so no difference is shown. Export each member with the arm he was drawn into."),
            (f"有 {found.in_two_arms:,} 位会员出现在多个组（{some}）：各组有重叠就不是随机抽取，因此不给出差值。"
            "请按会员最初抽入的组导出。"),
        ))  # fmt: skip
    if (unknown := sum(found.unknown.values())) > 0:
        told.append((
            (f"{unknown:,} member(s) are unknown to the data and count as not having bought. Above"
            f" {MOST_UNKNOWN:.0%} of all no difference is shown: are the ids those of the data sources?"),
            (f"有 {unknown:,} 位会员不在数据中，按未购买计。超过全部的 {MOST_UNKNOWN:.0%} "
            "时不给出差值：会员 id 与数据源一致吗？"),
        ))  # fmt: skip
    if found.later:
        told.append((
            f"{found.later:,} person(s) were assigned after that moment and count nowhere.",
            f"有 {found.later:,} 人在该时刻之后才分组，不计入。",
        ))  # fmt: skip
    if found.alike:
        told.append((
            f"Arms that differ in case, width or blanks alone are one: {', '.join(found.alike)}.",
            f"仅大小写、全半角或空格不同的组视为同一组：{'、'.join(found.alike)}。",
        ))  # fmt: skip
    if found.repeated:
        told.append((
            f"{found.repeated:,} line(s) say again what an earlier one said; each member counts once.",
            f"有 {found.repeated:,} 行与前面重复；每位会员只计一次。",
        ))  # fmt: skip
    return told


def _of_regions(found: ArmsMeasured) -> Iterator[Said]:
    """What was taken for granted of the regions of a file."""
    if any(one.regions is not None and one.regions.mixed for one in found.contrasts.values()):
        yield (
            (
                f"The column {found.drawn_by} was taken for the regions that were drawn. If members were drawn, write"
                " --drawn-by member; if other regions were, name their column."
            ),
            (
                f"已把 {found.drawn_by} 列当作抽取所用的区域。若按会员抽取，请写 --drawn-by member；"
                "若按其他区域抽取，请写该列名。"
            ),
        )
    if found.shares:
        yield (
            "--share is not used: where regions are drawn, the sizes of arms say nothing about the draw.",
            "未使用 --share：按区域抽取时，各组人数不能说明抽取是否随机。",
        )


def _of_what_was_said(found: ArmsMeasured) -> list[Said]:
    """What neither the file nor whoever asked said, and what stands for it."""
    told: list[Said] = []
    if found.whole:
        told.append((
            (f"Every value of {found.whole} lies in one arm only, as if regions had been drawn and not members. Then a"
             f" difference means nothing until you write --drawn-by {found.whole}."),
            (f"{found.whole} 列的每个取值都只出现在一个组里，像是按区域而不是按会员抽取。"
             f"若是如此，请写 --drawn-by {found.whole}，否则差值没有意义。"),
        ))  # fmt: skip
    if found.drawn_by != "member":
        told.extend(_of_regions(found))
    if found.until is None:
        told.append((
            ("When it ends was not said, so it counts as over. While it goes on, write --until: ordinary intervals that"
            " are read every day call one of five tests that do nothing a success."),
            ("未说明何时结束，按已结束处理。若仍在进行，请写 --until：普通区间每天查看，"
            "五个毫无作用的测试中就有一个会被当成有效。"),
        ))  # fmt: skip
    if found.currency_assumed and any(arm.sums for arm in found.arms.values()):
        told.append((
            f"No currency was said; {found.currency} stands for it: write --currency.",
            f"未说明币种，暂记为 {found.currency}：请用 --currency 写明。",
        ))  # fmt: skip
    if not found.shares and found.drawn_by == "member":
        told.append((
            ("With what share each arm was drawn was not said, so it was not tested whether the sizes are chance:"
            " write it, such as --share treated=90%."),
            "未说明各组抽取比例，因此未检验人数是否符合随机抽取：请写明，如 --share treated=90%。",
        ))  # fmt: skip
    return told

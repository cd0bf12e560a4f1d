"""Control groups are drawn apart: two draws of one salt are one draw."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.briefing import campaign_salt, play_salt
from campaign_calendars.findings.finding import Finding
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.regions import MIN_REGIONS, unit_in_words
from campaign_calendars.values.scalars import FULL_SHARE

_REGIONS = {"province": 31, "city": 330}
"""How many regions of a kind a store of the whole mainland has members in; the plan counts those of the data."""


@rule("C137", "error")
def salts_of_one_calendar(view: View) -> Iterator[Finding]:
    """The salt of a control group is that of another one of the same campaign.

    A salt draws a group. The store's group and the campaign's drawn with the same salt are one and the
    same: the smaller lies inside the larger, the campaign has nobody to compare with, and its lift
    cannot be measured. A play draws with the campaign's salt, its phase and its id.

    Fails:
        holdout: {campaign: 5%, salt: shop-2026}   # that of the store
    Passes:
        holdout: {campaign: 5%, salt: small-2026}

    中文：一个对照组的 salt 与同一活动的另一个对照组相同。
    salt 决定分组的抽取。店铺对照组与活动对照组使用相同 salt 时，小的一组包含在大的一组之中，活动没有可比较的会员，
    无法衡量增量。玩法对照组使用活动的 salt、阶段与玩法 id 抽取。
    """
    store = view.store.holdout
    if store is None:
        return
    own = view.calendar.holdout
    hint = ("Write another text, such as the id of the calendar.", "请改用其他文本，例如日历 id。")
    if own is not None and own.by == "member" and own.salt == store.salt:
        texts = (
            f"salt {own.salt!r} is that of the store's control group: both draw the same members",
            f"salt {own.salt!r} 与店铺对照组相同：两组会抽到相同的会员",
        )
        yield found(("holdout", "salt"), texts, hint)
    for path, phase, play in view.plays():
        if play.holdout and play_salt(view.calendar, phase.id, play) == store.salt:
            texts = (
                f"the control group of {play.id} is drawn with {store.salt!r}, as that of the store",
                f"{play.id} 的对照组与店铺对照组都用 {store.salt!r} 抽取",
            )
            yield found((*path, "holdout"), texts, ("Give the calendar another salt.", "请为日历设置其他 salt。"))


@rule("C138", "warning")
def salts_of_several_calendars(view: View) -> Iterator[Finding]:
    """Another calendar beside this one draws its control group with the same salt.

    The same members would be held out of both campaigns, and what one did to the rest is counted as
    an effect of the other. A group that nobody contacts across calendars is the store's `holdout`.
    A calendar without `holdout` draws the groups of its plays with its id.

    Fails:
        holdout: {campaign: 5%, salt: spring-2026}   # that of spring.yaml
    Passes:
        holdout: {campaign: 5%, salt: small-2026}

    中文：同一目录下的另一个日历使用相同的 salt 抽取对照组。
    同一批会员会被两个活动同时留出，一个活动对其余会员的影响会被算作另一个活动的效果。
    跨日历不触达的一组请用店铺的 holdout。没有 holdout 的日历用其 id 抽取玩法的对照组。
    """
    salt = campaign_salt(view.calendar)
    other = view.salts.get(salt)
    if other is not None:
        yield found(
            ("holdout", "salt") if view.calendar.holdout else ("calendar",),
            (
                f"{other} draws its control groups with salt {salt!r}, too",
                f"{other} 也用 salt {salt!r} 抽取对照组",
            ),
            ("Write another text, such as the id of the calendar.", "请改用其他文本，例如日历 id。"),
        )


@rule("C148", "warning")
def enough_regions(view: View) -> Iterator[Finding]:
    """A hold-out that is drawn by region has so small a share that hardly a region is drawn.

    The region is the unit that counts then, however many members it has: at least four have to be held
    out, and four others have to be treated, before anything can be concluded. Of 31 provinces 5 % are one
    or two. `promocal plan` counts the regions of the data, names those that are drawn and says how small
    an effect they can show.

    Fails:
        holdout: {campaign: 5%, by: province, salt: small-2026}
    Passes:
        holdout: {campaign: 30%, by: province, salt: small-2026}

    中文：按区域抽取的对照组比例过小，几乎抽不到区域。
    此时以区域为单位计算，与其中有多少会员无关：至少要留出四个区域，并触达另外四个，才可能下结论。
    31 个省份的 5% 只有一两个。promocal plan 会按数据中的区域计数，列出被抽中的区域，并说明能发现多小的效果。
    """
    own = view.calendar.holdout
    if own is None or own.by == "member":
        return
    there = _REGIONS[own.by]
    held = there * own.campaign / FULL_SHARE
    if MIN_REGIONS <= held <= there - MIN_REGIONS:
        return
    least = f"{-(-MIN_REGIONS * 100 // there)}%"
    one = unit_in_words(own.by)
    plural = "provinces" if own.by == "province" else "cities"
    texts: Said = (
        (
            f"a share of {own.campaign / 100:g}% of some {there} {plural} holds out about {held:.0f};"
            f" {MIN_REGIONS} have to be held out and {MIN_REGIONS} treated to conclude anything"
        ),
        (
            f"约 {there} 个{one[1]}的 {own.campaign / 100:g}% 大约只有 {held:.0f} 个；至少留出 {MIN_REGIONS} 个、"
            f"触达 {MIN_REGIONS} 个才可能下结论"
        ),
    )
    hint = (
        f"Hold out at least {least}, better 30%, or draw members: leave `by` out.",
        f"请至少留出 {least}，建议 30%；或删去 by，按会员抽取。",
    )
    yield found(("holdout", "campaign" if own.campaign else "by"), texts, hint)

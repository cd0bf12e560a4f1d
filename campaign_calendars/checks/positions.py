"""What positions demand: words and pictures that fit, what has to be online, who sees them (A4, A11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from campaign_calendars.checks.registry import View, found, rule, store_rule
from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.findings.said import Said
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.calendar import Display, Phase, Play
from campaign_calendars.model.store import Position, Store


@rule("C206", "error")
def displays_fit(view: View) -> Iterator[Finding]:
    """Words or a picture do not fit the position that shows them, or the play is not shown there.

    The member module of the home page takes 13 characters and a picture of 702×110 (A4); the store
    says so with `max_copy` and `picture` of the position.

    Fails:
        positions: {home_page: {max_copy: 13, picture: 702x110}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                positions: [home_page]
                displays: {home_page: {copy: 会员专享九折优惠券限时领取中, picture: 750x200}}
    Passes:
        positions: {home_page: {max_copy: 13, picture: 702x110}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                positions: [home_page]
                displays: {home_page: {copy: 会员专享九折券, picture: 702x110}}

    中文：文案或图片不符合所在阵地的要求，或玩法并不在该阵地展示。
    首页会员模块文案不超过 13 字，图片为 702×110（A4）；店铺以 max_copy 与 picture 写明。
    """
    for path, _, play in view.plays():
        for name, display in play.displays.items():
            place: Path = (*path, "displays", name)
            position = view.store.positions.get(name)
            if name not in play.positions:
                texts = (f"{play.id} is not shown at {name}", f"{play.id} 不在 {name} 展示")
                yield found(place, texts, suggestion(name, play.positions), on="key")
            if position is not None:
                yield from _misfits(place, name, display, position)


def _misfits(place: Path, name: str, display: Display, position: Position) -> Iterator[Finding]:
    """Words that are too long for a position, a picture of another size."""
    longest = max(len(display.copy_.zh), len(display.copy_.en) if not display.copy_.zh else 0)
    if position.max_copy is not None and longest > position.max_copy:
        yield found(
            (*place, "copy"),
            (
                f"{longest} characters; {name} shows {position.max_copy}",
                f"文案 {longest} 字，{name} 最多 {position.max_copy} 字",
            ),
            ("Shorten the words.", "请缩短文案。"),
        )
    if position.picture and display.picture and display.picture != position.picture:
        yield found(
            (*place, "picture"),
            (
                f"the picture is {display.picture}; {name} wants {position.picture}",
                f"图片为 {display.picture}，{name} 要求 {position.picture}",
            ),
            ("Make the picture anew in that size.", "请按该尺寸重做图片。"),
        )


@rule("C207", "warning")
def position_will_show(view: View) -> Iterator[Finding]:
    """A play counts on a position that stays empty: what it needs is not given.

    The subscription tab shows a store only when five kinds are online: the member tab, priority
    purchase, member coupon, extra gift and new-member pack (A4, A11#12). The store lists them as `needs`
    of the position: kinds of benefit, and other positions a play has to use.

    Fails:
        positions: {home_page: {needs: [member_coupon, member_presale_right]}}
    Passes:
        positions: {home_page: {needs: [member_coupon]}}

    中文：玩法依赖的阵地不会展示：缺少它要求在线的内容。
    订阅仅在五类都在线时展示：会员 tab、优先购、专享券、加赠、新会员礼包（A4、A11#12）。
    店铺以 needs 列出：权益种类，以及须有玩法使用的其他阵地。
    """
    kinds: set[str] = {benefit.kind for _, _, _, _, benefit in view.benefits()}
    kinds |= {name for _, _, play in view.plays() for name in play.positions}
    told: set[str] = set()
    for place, _, _, name, position in view.positions():
        missing = sorted(set(position.needs) - kinds) if name not in told else []
        if missing:
            told.add(name)
            yield found(
                place,
                (f"{name} stays empty without {', '.join(missing)}", f"缺少 {'、'.join(missing)}，{name} 不会展示"),
                (
                    "Give such benefits, or use such positions, in a play; or leave the position out.",
                    "请在玩法中发放这些权益或使用这些阵地，或去掉该阵地。",
                ),
            )


@store_rule("C208", "error")
def needed_kinds_exist(store: Store) -> Iterator[Finding]:
    """A position needs something that is neither a kind of benefit nor another position.

    Fails:
        positions: {home_page: {needs: [member_coupons]}}
    Passes:
        positions: {home_page: {needs: [member_coupon]}}

    中文：阵地要求的内容既不是权益种类，也不是其他阵地。
    请按提示改正。
    """
    for name, position in store.positions.items():
        for index, kind in enumerate(position.needs):
            others = set(store.positions) - {name}
            if kind not in KINDS and kind not in others:
                yield found(
                    ("positions", name, "needs", index),
                    (f"there is no kind of benefit or other position {kind!r}", f"没有权益种类或其他阵地 {kind!r}"),
                    suggestion(kind, others | set(KINDS)),
                )


@rule("C223", "warning")
def content_is_pushed(view: View) -> Iterator[Finding]:
    """A play is shown at a position that only shows what was pushed to it, and has no words for it.

    The subscription tab shows the cards a store has published, not the benefits by themselves (A4,
    A11#12); the store says so with `needs_content` of the position.

    Fails:
        positions: {home_page: {needs_content: true}}
    Passes:
        positions: {home_page: {needs_content: true}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                benefits: [c]
                positions: [home_page]
                displays: {home_page: {copy: 会员专享券，满199减30}}

    中文：玩法所在的阵地只展示已推送的内容，而玩法没有为它写文案。
    订阅展示店铺发布的卡片，而不是权益本身（A4、A11#12）；店铺以 needs_content 写明。
    """
    for place, _, play, name, position in view.positions():
        display = play.displays.get(name)
        if position.needs_content and (display is None or not (display.copy_.zh or display.copy_.en)):
            yield found(
                place,
                (f"{name} shows only what is pushed to it", f"{name} 只展示已推送的内容"),
                (
                    f"Write what {play.id} pushes there: `displays: {{{name}: {{copy: …}}}}`.",
                    f"请写明 {play.id} 推送的内容：displays: {{{name}: {{copy: …}}}}。",
                ),
            )


def module_shows(
    *, is_member: bool, meets_threshold: bool, pack_is_online: bool
) -> Literal["tier and points", "invitation", "nothing"]:
    """What the member module of the home page shows to one visitor (A4, A11#3)."""
    if is_member:
        return "tier and points"
    return "invitation" if meets_threshold and pack_is_online else "nothing"


@rule("C224", "warning")
def invitation_is_seen(view: View) -> Iterator[Finding]:
    """Nobody sees the words a play puts into the member module of the home page.

    Members see their tier and points there. A non-member sees the invitation when he meets the joining
    threshold (with the official edition: has bought) and a new-member benefit is online (A4, A11#3).
    Looked at for positions with `member_module`.

    Fails:
        positions: {home_page: {member_module: true}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, positions: [home_page], displays: {home_page: {copy: 入会领券}}}]
    Passes:
        positions: {home_page: {member_module: true}}
        audiences: {everybody: not joined}
        benefits: {c: {kind: new_member_coupon, value: 5}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                benefits: [c]
                positions: [home_page]
                displays: {home_page: {copy: 入会领券}}

    中文：玩法写在首页会员模块的文案没有人能看到。
    会员在此只看到等级与积分；非会员须达到入会门槛（官方版为已购买）且有新会员权益在线才看到邀请（A4、A11#3）。
    只检查写明 member_module 的阵地。
    """
    for path, phase, play in view.plays():
        for name in play.displays:
            position = view.store.positions.get(name)
            if position is None or not position.member_module:
                continue
            if (why := _unseen(view, phase, play)) is not None:
                yield found(
                    (*path, "displays", name),
                    (f"nobody sees these words: {why[0]}", f"没有人能看到该文案：{why[1]}"),
                    (
                        "Show it in a play for non-members, with a new-member benefit in its phase.",
                        "请放在面向非会员的玩法中，并在该阶段发放新会员权益。",
                    ),
                    on="key",
                )


def _unseen(view: View, phase: Phase, play: Play) -> Said | None:
    """Why nobody in the play's audience sees the invitation; None: somebody does, or there may be nobody at all."""
    span = view.timeline.phases.get(phase.id, view.timeline.campaign)
    bought = "orders_total > 0" if view.store.edition_on(span.last.date()) == "official" else "true"
    online = _new_member_benefit_during(view, phase)
    seen = {
        module_shows(is_member=member, meets_threshold=meets, pack_is_online=online)
        for member in (True, False)
        for meets in (True, False)
        if view.may_hold(play.audience, _visitors(member, meets, bought))
    }
    if "invitation" in seen or not seen:
        return None
    if not view.may_hold(play.audience, "not joined"):
        return f"{play.audience} holds members only", f"人群 {play.audience} 只有会员"
    if online:
        return f"nobody in {play.audience} may join yet", f"人群 {play.audience} 都未达到入会门槛"
    return "no new-member benefit is online in this phase", "该阶段没有新会员权益在线"


def _visitors(is_member: bool, meets_threshold: bool, bought: str) -> str:
    if is_member:
        return "joined"
    return f"not joined and ({bought})" if meets_threshold else f"not joined and not ({bought})"


def _new_member_benefit_during(view: View, phase: Phase) -> bool:
    """Whether a play of the phase, or of one that lasts at the same time, gives a new-member benefit."""
    spans = view.timeline.phases
    for other in view.calendar.phases:
        if phase.id in spans and other.id in spans and spans[phase.id].overlap(spans[other.id]).total_seconds() <= 0:
            continue
        for name in (name for play in other.plays for name in play.told):
            benefit = view.calendar.benefits.get(name)
            if benefit is not None and benefit.kind.startswith("new_member_"):
                return True
    return False

"""How differences between calendars are said, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Pair = tuple[str, str]
_LONG = 160

_KINDS: dict[str, Pair] = {
    "benefits": ("benefit", "权益"),
    "audiences": ("audience", "人群"),
    "waves": ("wave", "波段"),
    "phases": ("phase", "阶段"),
    "plays": ("play", "玩法"),
    "sub_phases": ("sub-phase", "子阶段"),
    "duties": ("duty", "商家事项"),
    "targets": ("target", "目标"),
    "pools": ("pool", "资金池"),
    "accept": ("accepted warning", "已接受的警告"),
    "prices": ("goods", "商品"),
    "sequences": ("sequence", "序列"),
    "price_rule": ("price rule", "价格规则"),
    "budget": ("budget", "预算"),
    "holdout": ("holdout", "对照组"),
}
_KEYS_ZH = {
    "approve": "审批",
    "at": "时间安排",
    "audience": "人群",
    "basis": "预留口径",
    "beats": "优于",
    "benefits": "权益",
    "bought_from": "购买起算",
    "calendar": "日历",
    "by": "抽取单位",
    "campaign": "整场比例",
    "channels": "渠道",
    "daily_cap": "每日上限",
    "day_zero": "D 日",
    "due": "期限",
    "during": "所在子阶段",
    "goal": "目标说明",
    "grace": "宽限",
    "holdout": "对照组",
    "kind": "类型",
    "level": "级别",
    "message": "消息模板",
    "on_late": "迟到处理",
    "per_member": "每人上限",
    "plan": "决策方式",
    "peers": "同行数值",
    "platform_support": "平台支持",
    "points": "积分",
    "pool": "资金池",
    "positions": "阵地",
    "post": "群帖",
    "priority": "优先级",
    "rate": "折扣",
    "redemption_rate": "预计核销率",
    "repeat_after": "重复间隔",
    "touch": "触点",
    "gap": "触点间隔",
    "salt": "分组盐值",
    "source": "来源",
    "stock": "库存",
    "start": "第零天",
    "store": "店铺",
    "tag": "标签",
    "text": "内容",
    "threshold": "门槛",
    "tiers": "等级",
    "trigger": "触发",
    "event": "事件",
    "after": "等待",
    "within": "有效期",
    "every": "扫描间隔",
    "lane": "泳道",
    "timezone": "时区",
    "title": "名称",
    "total": "总额",
    "unit_cost": "单位成本",
    "valid": "有效期",
    "value": "面额",
    "verified": "已核实",
    "wave": "波段",
    "where": "条件",
}


@dataclass(frozen=True)
class Words:
    """Who a sentence is about, and whether it tells time as seen from D."""

    name: str
    name_zh: str
    seen_from_d: bool


def subject(where: tuple[str, ...]) -> Pair:
    """What a place is called: `phase burst`, `burst: play recall-x`, `budget`."""
    if where[0:1] == ("phases",) and where[2:]:
        name, name_zh = subject(where[2:])
        return f"{where[1]}: {name}", f"{where[1]}：{name_zh}"
    if not where:
        return "calendar", "日历"
    if where[:2] == ("budget", "pools") and where[2:]:
        return f"budget pool {where[2]}", f"预算资金池 {where[2]}"
    kind, kind_zh = _KINDS.get(where[0], (where[0], _KEYS_ZH.get(where[0], where[0])))
    rest = where[1:2]
    if where == ("plays",):
        return "plays", "玩法"
    return (" ".join((kind, *rest)), " ".join((kind_zh, *rest)))


def both(words: Words, message: str, zh: str, moments: str) -> Pair:
    """`phase burst starts 12h later (… → …)`."""
    seen, seen_zh = (", seen from D", "，以 D 日计") if words.seen_from_d else ("", "")
    return f"{words.name} {message}{seen} ({moments})", f"{words.name_zh} {zh}{seen_zh}（{moments}）"


def added_or_removed(sign: str, where: tuple[str, ...], value: Any) -> Pair:
    """`burst: +1 play recall-x (not-bought-yet, daily 10:00)`."""
    owner, owner_zh = (f"{where[1]}: ", f"{where[1]}：") if where[0] == "phases" and where[2:] else ("", "")
    name, name_zh = subject(where[2:] if owner else where)
    about = _about(value, "en"), _about(value, "zh")
    return (
        f"{owner}{sign}1 {name}" + (f" ({about[0]})" if about[0] else ""),
        f"{owner_zh}{'新增' if sign == '+' else '删除'}{name_zh}" + (f"（{about[1]}）" if about[1] else ""),
    )


def trigger_added_or_removed(where: tuple[str, ...], what: str, value: Mapping[str, Any]) -> Pair:
    """`burst: play welcome: +1 trigger (event join, after 10m)`."""
    name, name_zh = subject(where[:-1])
    sign = "+" if what == "added" else "-"
    told = {key: part for key, part in value.items() if part is not None}
    return f"{name}: {sign}1 trigger ({shown(told, 'en')})", f"{name_zh}：{sign}1 个触发（{shown(told, 'zh')}）"


def changed_value(where: tuple[str, ...], old: Any, new: Any) -> Pair:
    """`benefit member-coupon-30: value 30 → 50`."""
    name, name_zh, key, key_zh = _owner_and_key(where)
    return (
        f"{name}{key} {_from_to(old, new, 'en')}".strip(),
        f"{name_zh}{key_zh} {_from_to(old, new, 'zh')}".strip(),
    )


def _from_to(old: Any, new: Any, lang: str) -> str:
    """Two values that differ, so that one sees how: of texts that are the same in this language, the other one."""
    before, after = shown(old, lang), shown(new, lang)
    if before != after:
        return f"{before} → {after}"
    if _is_in_both(old) and _is_in_both(new):
        other, said = ("en", "（英文）") if lang == "zh" else ("zh", " (in Chinese)")
        before, after = shown(old[other], lang), shown(new[other], lang)
        if before == after:
            before, after = old[other], new[other]
        return f"{before} → {after}{said}"
    return f"{old} → {new}"


def _is_in_both(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"zh", "en"}


def changed_list(where: tuple[str, ...], old: list[Any], new: list[Any]) -> Pair:
    """`burst: play recall-x: channels +sms -push`."""
    name, name_zh, key, key_zh = _owner_and_key(where)
    parts = [f"+{shown(item, 'en')}" for item in new if item not in old]
    parts += [f"-{shown(item, 'en')}" for item in old if item not in new]
    parts_zh = [f"+{shown(item, 'zh')}" for item in new if item not in old]
    parts_zh += [f"-{shown(item, 'zh')}" for item in old if item not in new]
    if not parts:
        return (
            f"{name}{key} in another order: {shown(new, 'en')}",
            f"{name_zh}{key_zh}顺序改为 {shown(new, 'zh')}",
        )
    return f"{name}{key} {' '.join(parts)}", f"{name_zh}{key_zh} {' '.join(parts_zh)}"


def _owner_and_key(where: tuple[str, ...]) -> tuple[str, str, str, str]:
    """Who owns a key, with a colon behind it, and what the key is called."""
    if len(where) == 1:
        return "", "", where[0], _KEYS_ZH.get(where[0], where[0])
    depth = 4 if where[0] == "phases" and where[3:] and where[2] in _KINDS else 2
    depth = 1 if where[0] in ("budget", "holdout") else depth
    if where[0] == "targets":
        return "", "", f"target {where[1]}", f"目标 {where[1]}"
    if where[0] in ("phases", "waves") and where[2:3] == ("targets",):
        name, name_zh = subject(where[:2])
        return f"{name}: ", f"{name_zh}：", f"target {where[3]}", f"目标 {where[3]}"
    if where[:2] == ("budget", "pools"):
        return "", "", *subject(where)
    name, name_zh = subject(where[:depth])
    key = " ".join(where[depth:])
    key_zh = " ".join(_KEYS_ZH.get(part, part) for part in where[depth:])
    return f"{name}: ", f"{name_zh}：", key, key_zh


def _about(value: Any, lang: str) -> str:
    """The few words that make a new thing recognisable."""
    if not isinstance(value, Mapping):
        return "" if value is None else shown(value, lang)
    keys = ("kind", "audience", "at", "trigger", "value", "where", "text")
    parts = [shown(value[key], lang) for key in keys if value.get(key) not in (None, "", [], {})]
    window = value.get("window")
    if isinstance(window, Mapping):
        parts.append(f"{window['from']} … {window['to']}")
    return ", ".join(parts)


def shown(value: Any, lang: str) -> str:
    """A value as it would be written; long texts are cut."""
    if value is None or value in ("", [], {}):
        return "无" if lang == "zh" else "nothing"
    if isinstance(value, Mapping):
        return _shown_mapping(value, lang)
    if isinstance(value, list):
        return ", ".join(shown(item, lang) for item in value)
    text = _shown_number(value) if isinstance(value, int | float) else str(value)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _shown_mapping(value: Mapping[str, Any], lang: str) -> str:
    if _is_in_both(value):
        first, second = ("zh", "en") if lang == "zh" else ("en", "zh")
        return str(value[first] or value[second])
    return ", ".join(f"{key} {shown(part, lang)}" for key, part in value.items() if part is not None)


def _shown_number(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"{value:.2f}".removesuffix(".00") if abs(value) >= 1 else f"{value:g}"

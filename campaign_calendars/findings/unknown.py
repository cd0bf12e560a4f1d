"""One sentence for every name a person gives and nothing has: what it is, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import nearest, suggestion

Named = Literal[
    "calendar",
    "run",
    "run or calendar",
    "member",
    "audience",
    "duty",
    "phase",
    "play",
    "sequence",
    "store",
    "channel",
    "hold",
    "metric",
]
_ZH: Mapping[Named, str] = {
    "calendar": "没有这个日历",
    "run": "没有这次运行",
    "run or calendar": "没有这次运行或日历",
    "member": "没有这位会员",
    "audience": "没有这个人群",
    "duty": "没有这个事项",
    "sequence": "没有这个序列",
    "phase": "没有这个阶段",
    "play": "没有这个玩法",
    "store": "没有这个店铺",
    "channel": "没有这个渠道",
    "hold": "没有叫停",
    "metric": "没有这个指标",
}


def no_such(kind: Named, name: str, known: Iterable[str], otherwise: tuple[str, str] | None = None) -> UsageError:
    """The error about `name`; `known` are the names there are, or those that may have been meant.

    `otherwise` says what to do where none is like it; by default they are listed.
    """
    names = list(known)
    remedy = otherwise if otherwise and nearest(name, names) is None else suggestion(name, names)
    return UsageError((f"no such {kind}: {name}", f"{_ZH[kind]}：{name}"), remedy)


def no_project(settings: object) -> UsageError:
    """The settings of a project are not there: it was started somewhere else, or there is none yet."""
    return UsageError(
        (f"{settings} does not exist", f"{settings} 不存在"),
        (
            "run inside a project, pass --project DIR, or: promocal new",
            "请在项目目录中运行、加 --project 目录，或先 promocal new",
        ),
    )

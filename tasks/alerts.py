"""What the staff is told at once, over whatever they use: WeCom, DingTalk, Feishu robots, mail (`[alerts]`).

The addresses are those of apprise. A text names runs, channels, calendars and counts, never a member. An alert that
cannot be delivered, for whatever reason, is a line in the log and nothing else: no run ends because of it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import ApprovalNeededError, SnapshotRejectedError, UsageError
from campaign_calendars.findings.said import Said, in_language
from tasks.settings import AlertKind, Settings

if TYPE_CHECKING:
    from apprise import Apprise

_LOG = logging.getLogger("promocal.alerts")
_TITLES: dict[AlertKind, Said] = {
    "gate": ("The data were refused", "数据未通过校验"),
    "breaker": ("A channel is left alone", "渠道暂停使用"),
    "halt": ("Outreach is halted", "触达已叫停"),
    "unknown": ("Messages with an unknown outcome", "有消息结果未知"),
    "run_failed": ("A run failed", "运行失败"),
    "missed": ("A run was missed", "错过了一次运行"),
    "approval": ("A run waits for approval", "有运行等待审批"),
    "envelope": ("A run left its plan and waits for approval", "有运行超出计划，等待审批"),
    "crashed": ("A run was killed", "运行进程被终止"),
    "server": ("The Prefect server", "Prefect 服务器"),
    "worker": ("The worker", "工作进程"),
}
_LONGEST = 1_000


Deliver = Callable[[AlertKind, Said], Sequence[str] | None]
"""Told first of every alert; returns the addresses that it does not deliver to, None: any."""
_ELSEWHERE: ContextVar[Deliver | None] = ContextVar("delivered_by", default=None)


@contextmanager
def delivered_by(deliver: Deliver) -> Iterator[None]:
    """Alerts of the block are shown to `deliver` first."""
    token = _ELSEWHERE.set(deliver)
    try:
        yield
    finally:
        _ELSEWHERE.reset(token)


def title_of(kind: AlertKind) -> Said:
    """What an alert of a kind is about."""
    return _TITLES[kind]


def addresses_of(settings: Settings) -> list[str]:
    """Whom to tell; UsageError where a variable that holds an address is not set."""
    section = settings.alerts
    return [*section.urls, *(settings.secret("", name, "alerts") for name in section.url_env)]


def alert(settings: Settings, kind: AlertKind, said: Said) -> bool:
    """Tell the staff, if they want alerts of this kind. Whether everybody was reached; never raises."""
    section = settings.alerts
    left = _left_by_others(kind, said)
    if left is not None and not left:
        return True
    if kind not in section.on or not (section.urls or section.url_env):
        return False
    lang = section.lang or settings.project.lang or "en"
    try:
        reached = _notify(
            addresses_of(settings) if left is None else left,
            f"promocal: {in_language(title_of(kind), lang)}",
            in_language(said, lang)[:_LONGEST],
        )
    except Exception as error:  # noqa: BLE001
        # Whatever it was, the run goes on. Its text may hold the address, which is a secret.
        _LOG.warning("an alert (%s) could not be sent: %s", kind, type(error).__name__)
        return False
    if not reached:
        _LOG.warning("an alert (%s) did not reach everybody", kind)
    return reached


def _left_by_others(kind: AlertKind, said: Said) -> Sequence[str] | None:
    """The addresses that are still to be told; None: all of them."""
    deliver = _ELSEWHERE.get()
    try:
        return None if deliver is None else deliver(kind, said)
    except Exception as error:  # noqa: BLE001 - whatever it was, the run goes on, and tells the staff itself
        _LOG.warning("an alert (%s) could not be handed on: %s", kind, type(error).__name__)
        return None


@contextmanager
def told_when_failing(settings: Settings, what: str) -> Iterator[None]:
    """Tells the staff when the body fails; a mistake of a command or a missing approval is no failure.

    `what` names a run or a refresh. What the error says is left out but for the codes of findings: it may quote data.
    """
    try:
        yield
    except (UsageError, ApprovalNeededError):
        raise
    except SnapshotRejectedError as error:
        codes = Counter(problem.code for problem in error.problems if problem.severity == "error")
        found = ", ".join(f"{code} ×{count}" for code, count in sorted(codes.items()))
        alert(
            settings,
            "gate",
            (f"{what}: nothing was published ({found})", f"{what}：没有发布快照（{found}）"),
        )
        raise
    except Exception as error:
        name = type(error).__name__
        alert(settings, "run_failed", (f"{what}: {name}", f"{what}：{name}"))
        raise


def _notify(addresses: Sequence[str], title: str, body: str) -> bool:
    import apprise

    for name in ("apprise", "urllib3", "requests"):
        # They would write the addresses, tokens and all.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    told: Apprise = apprise.Apprise()
    understood = [told.add(_quick(address)) for address in addresses]
    return bool(told.notify(title=title, body=body)) and all(understood)


def _quick(address: str) -> str:
    """The address with short waits, so that a robot that hangs holds nobody up; one that states its own keeps them."""
    if "cto=" in address:
        return address
    return f"{address}{'&' if '?' in address else '?'}cto=3&rto=5"

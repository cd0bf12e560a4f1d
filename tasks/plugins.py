"""Plug-ins: what installed distributions declare for promocal in entry points, added to its registries.

    [project.entry-points."promocal.channels"]
    wecom = "promocal_wecom:KIND"

A plug-in that cannot be imported, declares something else or takes a name that is taken stops the
command with one message that names the distribution. None is skipped in silence.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from campaign_calendars.findings.errors import PluginError
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.registering.registry import Registry

T = TypeVar("T")
CHECKS = "promocal.checks"
_plugged: set[str] = set()


def plug_in(registry: Registry[T]) -> Registry[T]:
    """The registry with everything that plug-ins declare in its group; they are looked for once a process.

    Raises PluginError.
    """
    if registry.group not in _plugged:
        for found in _in_group(registry.group):
            registry.add(_load(found), origin=_origin(found), as_name=found.name)
        _plugged.add(registry.group)
    return registry


def plug_in_language() -> None:
    """Everything plug-ins add to the language of calendars: benefit kinds, and checks by importing their files.

    Raises PluginError.
    """
    plug_in(KINDS)
    if CHECKS not in _plugged:
        for found in _in_group(CHECKS):
            _load(found)
        _plugged.add(CHECKS)


def forget() -> None:
    """Look for plug-ins again the next time: what is installed has changed."""
    _plugged.clear()
    _announced.cache_clear()


@cache
def _announced() -> Any:
    """Everything that is installed announces; reading it takes longer than all the rest here.

    Has `select(group=…)`: the class is another one in Python 3.11 and 3.12.
    """
    return entry_points()


def _in_group(group: str) -> list[EntryPoint]:
    return sorted(_announced().select(group=group), key=lambda found: (found.name, found.value))


def _load(found: EntryPoint) -> object:
    try:
        return found.load()
    except Exception as error:  # noqa: BLE001 - the code of a plug-in may raise anything when it is imported
        reason = " ".join(str(error).split()) or type(error).__name__
        what = f"{found.group} {found.name!r} ({found.value}): {type(error).__name__}: {reason}"
        raise PluginError(
            (f"{_origin(found)} cannot be used: {what}", f"{_origin(found)} 无法使用：{what}"),
            (
                f"install what it needs, update it, or uninstall it: pip uninstall {_distribution(found)}",
                f"请安装它所需的包、更新或卸载它：pip uninstall {_distribution(found)}",
            ),
        ) from None


def _origin(found: EntryPoint) -> str:
    return f"{_distribution(found)} {found.dist.version}" if found.dist is not None else _distribution(found)


def _distribution(found: EntryPoint) -> str:
    return found.dist.name if found.dist is not None else found.value

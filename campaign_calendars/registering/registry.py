"""Named things of one sort. Dropping a file into their room is enough; a plug-in declares the same object.

A room is a folder whose modules declare things at their top level. The registry imports them when it
is first asked, and takes every public value that its `name_of` gives a name. What plug-ins declare is
added by `tasks.plugins`, which alone looks at what is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Generic, TypeVar, cast

from campaign_calendars.findings.errors import PluginError

T = TypeVar("T")
OURS = "promocal"


def modules_of(room: str) -> Iterator[ModuleType]:
    """Every module of a folder, imported, in the order of their names."""
    package = import_module(room)
    for found in sorted(iter_modules(package.__path__), key=lambda found: found.name):
        yield import_module(f"{room}.{found.name}")


class Registry(Mapping[str, T], Generic[T]):
    """What a room and its plug-ins declare, by name.

    `sort`: what one of them is called, as in "a channel kind". `name_of`: the name under which a value
    is registered, None for a value of another sort. `group`: the entry-point group of plug-ins, empty
    where outsiders cannot add.
    """

    def __init__(self, sort: str, room: str, name_of: Callable[[object], str | None], group: str = "") -> None:
        self.sort, self.group = sort, group
        self._room, self._name_of = room, name_of
        self._things: dict[str, T] = {}
        self._origins: dict[str, str] = {}
        self._scanned = False

    def add(self, thing: object, *, origin: str, as_name: str = "") -> None:
        """Register a thing that `origin` declares; PluginError when it does not fit or its name is taken.

        `as_name`: the name it was announced under, which has to be its own.
        """
        self._scan()
        name = self._name_of(thing)
        if name is None:
            raise PluginError(
                (
                    f"{origin} declares {as_name!r} in {self.group}, but that is no {self.sort}",
                    f"{origin} 在 {self.group} 中声明了 {as_name!r}，但它不是 {self.sort}",
                ),
                (f"update {origin}, or uninstall it", f"请更新或卸载 {origin}"),
            )
        if as_name not in {"", name}:
            raise PluginError(
                (
                    f"{origin} announces {as_name!r} in {self.group}, but the {self.sort} calls itself {name!r}",
                    f"{origin} 在 {self.group} 中登记为 {as_name!r}，而 {self.sort} 自称 {name!r}",
                ),
                (f"update {origin}, or uninstall it", f"请更新或卸载 {origin}"),
            )
        self._take(name, thing, origin)

    def remove(self, name: str) -> None:
        """Forget a thing of that name."""
        self._things.pop(name)
        self._origins.pop(name)

    def origin(self, name: str) -> str:
        """Who declares the thing of that name: promocal, or a distribution with its version."""
        self._scan()
        return self._origins[name]

    def _take(self, name: str, thing: object, origin: str) -> None:
        if name in self._things:
            if self._things[name] is thing:
                return
            raise PluginError(
                (
                    f"two have the {self.sort} {name!r}: {self._origins[name]} and {origin}",
                    f"{self.sort} {name!r} 有两个：{self._origins[name]} 与 {origin}",
                ),
                (f"uninstall one of them: {origin}", f"请卸载其中一个：{origin}")
                if origin != OURS
                else ("rename one of them", "请给其中一个改名"),
            )
        self._things[name], self._origins[name] = cast("T", thing), origin

    def _scan(self) -> None:
        if self._scanned:
            return
        self._scanned = True
        for module in modules_of(self._room):
            for key, value in vars(module).items():
                name = None if key.startswith("_") else self._name_of(value)
                if name is not None:
                    self._take(name, value, OURS)

    def __getitem__(self, name: str) -> T:
        self._scan()
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        self._scan()
        return iter(self._things)

    def __len__(self) -> int:
        self._scan()
        return len(self._things)

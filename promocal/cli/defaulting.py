"""Groups of commands of which one may be left out: `promocal duties CALENDAR` lists."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


def first_is(default: str) -> type[TyperGroup]:
    """A group that takes a first word which is no command as an argument of `default`."""

    class Defaulting(TyperGroup):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            named = args and not args[0].startswith("-") and args[0] not in self.commands
            return super().parse_args(ctx, [default, *args] if named else args)

    return Defaulting

"""Groups of commands of which one may be left out: `promocal duties CALENDAR` lists."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


def first_is(default: str, *, bare: bool = False) -> type[TyperGroup]:
    """A group that takes a first word which is no command as an argument of `default`.

    With `bare` its options, or nothing at all, mean `default` too.
    """

    class Defaulting(TyperGroup):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            named = args and not args[0].startswith("-") and args[0] not in self.commands
            if bare:
                named = not args or args[0] not in {*self.commands, *ctx.help_option_names}
            return super().parse_args(ctx, [default, *args] if named else args)

    return Defaulting

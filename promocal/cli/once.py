"""One file a call: of `-o a -o b` the parser would keep the last and say nothing of the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from campaign_calendars.findings.errors import UsageError

_NAMES = ("-o", "--output")


def require_one_output(arguments: Sequence[str]) -> None:
    """Refuse a command line that names several files to write. Every `-o` of ours is a file or directory to write."""
    named = list(_outputs(arguments))
    if len(named) > 1:
        listed = ", ".join(named), "、".join(named)
        raise UsageError(
            (
                f"-o names {len(named)} files ({listed[0]}), and one is written",
                f"-o 写了 {len(named)} 个文件（{listed[1]}），每次只写一个",
            ),
            ("give the command once for each file", "请每个文件执行一次命令"),
        )


def _outputs(arguments: Sequence[str]) -> Iterator[str]:
    """What stands behind each `-o`, in any of the ways an option is written; everything after `--` is none."""
    rest = iter(arguments)
    for one in rest:
        if one == "--":
            return
        if one in _NAMES:
            yield next(rest, "")
        elif one.startswith("--output="):
            yield one.removeprefix("--output=")
        elif one.startswith("-o") and not one.startswith("--"):
            yield one[2:]

"""Paths a calendar may name: inside its project, told by their text alone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import PurePosixPath, PureWindowsPath

LEAVES = ("leaves the project's directory", "超出了项目目录")


def printable(name: str) -> str:
    """A path for findings: control characters written out."""
    return name if name.isprintable() else repr(name)[1:-1]


# Each template of a calendar is asked about several times at every look.
@lru_cache(maxsize=1024)
def path_fault(name: str) -> tuple[str, str] | None:
    """What is wrong with a path from the project's directory, in English and Chinese; None: nothing to be seen."""
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name):
        return "holds a control character", "含有控制字符"
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith(("~", "\\")):
        return "is no path from the project's directory", "不是相对于项目目录的路径"
    if ".." in name.replace("\\", "/").split("/"):
        return LEAVES
    return None

"""Whether `promocal serve` runs in a project: it leaves its address and its process id while it does."""

from __future__ import annotations

import json
import os
from pathlib import Path

from campaign_calendars.findings.errors import UsageError


def require_nobody_serves(state: Path) -> None:
    """UsageError: what a command is about to replace is in use."""
    try:
        pid = int(json.loads((state / "prefect" / "server.json").read_text("utf-8"))["pid"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return
    raise UsageError(
        (f"promocal serve runs in this project (process {pid})", f"本项目正在运行 promocal serve（进程 {pid}）"),
        ("stop it first, and every worker of the project", "请先停止它，以及本项目的所有工作进程"),
    )

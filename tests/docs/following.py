"""Follow a page: write its files, run its commands in a shell, compare what they print.

Commands of promocal are answered by a process that has loaded what they need (`tests/commands.py`): a page with thirty
commands would otherwise load it thirty times.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.docs.pages import Changed, Command, Copied, Written, missing_line, steps


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder that is empty at first."""

    folder: Path
    path: str
    lang: str
    width: int = 160
    copied: Copied = field(default_factory=Copied)
    exported: dict[str, str] = field(default_factory=dict)

    def follow(self, page: Path) -> None:
        """Every step of a page; AssertionError: the page shows what is not so."""
        found = list(steps(page))
        assert found, f"{page} asks for nothing"
        for step in found:
            self.take(step)

    def take(self, step: Command | Written | Changed) -> None:
        if isinstance(step, Written):
            (self.folder / step.path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / step.path).write_text(self.copied.into(step.text), "utf-8")
        elif isinstance(step, Changed):
            self._change(step)
        elif step.text.startswith("cd "):
            self.folder = self.folder / step.text.removeprefix("cd ")
        elif step.needs and step.needs not in {**os.environ, **self.exported}:
            return
        elif step.text.startswith("export "):
            name, _, value = step.text.removeprefix("export ").partition("=")
            self.exported[name] = value
        else:
            self._run(step)

    def _change(self, step: Changed) -> None:
        file = self.folder / step.path
        text, old = file.read_text("utf-8"), self.copied.into(step.old)
        assert text.count(old) == 1, f"{step.path} has {text.count(old)} times:\n{old}"
        file.write_text(text.replace(old, self.copied.into(step.new)), "utf-8")

    def _run(self, step: Command) -> None:
        text = self.copied.into(step.text)
        done = subprocess.run(
            text,
            shell=True,
            cwd=self.folder,
            env={
                **os.environ,
                **self.exported,
                "COLUMNS": str(self.width),
                "PATH": f"{self.path}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "PROMOCAL_LANG": self.lang,
                "PYTHONIOENCODING": "utf-8",
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == step.code, f"{text}\nexit {done.returncode}\n{printed}"
        self.copied.take(printed)
        missing = missing_line([self.copied.into(line) for line in step.shown], printed)
        assert missing is None, f"{text}\ndoes not print: {missing}\n{printed}"

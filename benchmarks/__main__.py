"""Every benchmark at its short size, one after the other: `python -m benchmarks [NAME ...]`.

One JSON line a row; `--markdown` prints a table instead, `--full` takes each benchmark's full size.
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import benchmarks

SHARED = ("__main__", "harness", "check_plain", "editor_plain", "features_frames", "features_job", "ledger_plain")
HEADING = (
    "| what | size | seconds | reference: seconds | ratio (least to most) | per second | reference: per second |\n"
    "|---|---|---|---|---|---|---|"
)


def names() -> list[str]:
    """Every benchmark, by its module's name."""
    return sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__) if found.name not in SHARED)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: all of {', '.join(names())}")
    parser.add_argument("--full", action="store_true", help="the full size of each, with its full number of rounds")
    parser.add_argument("--rounds", type=int, help="rounds of each side")
    parser.add_argument("--markdown", action="store_true", help="a table instead of JSON lines")
    chosen = parser.parse_args()
    options = [] if chosen.full else ["--short"]
    options += ["--rounds", str(chosen.rounds)] if chosen.rounds else []
    if chosen.markdown:
        print(HEADING)
    failed = []
    for name in chosen.names or names():
        with subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}", *options], stdout=subprocess.PIPE) as run:
            for line in _lines(run):
                print(in_markdown(json.loads(line)) if chosen.markdown else line, flush=True)
        if run.returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _lines(run: subprocess.Popen[bytes]) -> Iterator[str]:
    assert run.stdout is not None
    for line in run.stdout:
        yield line.decode().rstrip("\n")


def in_markdown(row: dict[str, Any]) -> str:
    """One row of the table; the reference stands below its name."""
    cells = (
        f"**{row['name']}**<br>against {row['reference']}",
        f"{row['size']:,} {row['unit']}",
        f"{row['seconds']:.3g}",
        f"{row['reference_seconds']:.3g}",
        f"**{row['ratio']:.2f}** ({row['ratio_least']:.2f} to {row['ratio_most']:.2f})",
        f"{row['rows_per_s']:,}",
        f"{row['reference_rows_per_s']:,}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

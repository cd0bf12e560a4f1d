"""Every benchmark at its short size, one after the other: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import benchmarks

SHARED = ("__main__", "harness", "features_frames", "features_job")


def names() -> list[str]:
    """Every benchmark, by its module's name."""
    return sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__) if found.name not in SHARED)


def main() -> None:
    failed = []
    for name in sys.argv[1:] or names():
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--short"], check=False)
        if done.returncode:
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()

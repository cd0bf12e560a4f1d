"""The tables of docs/scale.md: `python -m warehouse.portable.page docs/scale.md` writes them anew."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from warehouse.portable.subset import ALLOWED, TRAPS


def written(page: str) -> str:
    """The page with both tables as `subset.py` has them."""
    spelled = {entry.spelled: entry.on_spark for entry in ALLOWED.values()}
    allowed = [(text, spark or "as it is") for text, spark in spelled.items()]
    traps = [(trap.spelled, trap.why, trap.instead) for trap in TRAPS.values()]
    page = _filled(page, "allowed", ("expression", "on Spark"), allowed)
    return _filled(page, "traps", ("expression", "why", "instead"), traps)


def _filled(page: str, name: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for first, *others in rows:
        cells = [cell.replace("|", "\\|") for cell in (f"`{first}`", *others)]
        lines.append(f"| {' | '.join(cells)} |")
    pattern = re.compile(rf"(<!-- {name}: begin [^\n]*-->\n).*?(<!-- {name}: end -->)", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no place for the table '{name}'")
    return pattern.sub(lambda found: found[1] + "\n".join(lines) + "\n" + found[2], page)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/scale.md")
    target.write_text(written(target.read_text("utf-8")), "utf-8")

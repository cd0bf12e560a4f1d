"""What the program knows is in records; an open dict is for what comes from, or goes to, somebody else's format."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("promocal", "flows", "tasks", "warehouse", "campaign_calendars")

OPEN: Mapping[str, frozenset[str]] = {
    "calendars and settings as they were written, before or after a model": frozenset(
        {
            "campaign_calendars/differences/comparing.py",
            "campaign_calendars/reading/building.py",
            "campaign_calendars/reading/holes.py",
            "campaign_calendars/reading/loading.py",
            "campaign_calendars/reading/parts.py",
            "campaign_calendars/reading/rough.py",
            "campaign_calendars/reading/source.py",
            "campaign_calendars/reading/validating.py",
            "campaign_calendars/sheets/expanding.py",
            "campaign_calendars/sheets/laying.py",
            "campaign_calendars/sheets/titles.py",
            "campaign_calendars/writing/layout.py",
            "campaign_calendars/writing/moving.py",
            "tasks/deciding/wording.py",
            "tasks/settings.py",
            "warehouse/models/catalogue.py",
            "warehouse/sources/port.py",
            "warehouse/staging/inputs.py",
        }
    ),
    "JSON schemas": frozenset(
        {
            "campaign_calendars/model/audiences.py",
            "campaign_calendars/model/benefits/__init__.py",
            "campaign_calendars/model/benefits/base.py",
            "campaign_calendars/model/sheets.py",
            "campaign_calendars/reading/schema.py",
            "campaign_calendars/values/scalars.py",
        }
    ),
    "JSON of others: gateways, manifests, what a ledger stores": frozenset(
        {
            "flows/prefect_yaml.py",
            "tasks/channels/answers.py",
            "tasks/channels/file.py",
            "tasks/channels/http.py",
            "tasks/channels/wecom.py",
            "warehouse/ledger/memory_notes.py",
        }
    ),
    "arguments and parameters of a library": frozenset(
        {
            "flows/approving.py",
            "flows/automations.py",
            "tasks/calendars/rendering.py",
            "warehouse/ledger/engine.py",
            "warehouse/portable/macros.py",
            "warehouse/sources/watermarks.py",
            "warehouse/staging/expectations.py",
        }
    ),
    "rows of a source, whose columns nobody knows ahead": frozenset(
        {"promocal/testing/sources.py", "warehouse/sources/file_queries.py", "warehouse/sources/load.py"}
    ),
}
"""Why a module may say `dict[str, Any]` → the modules."""


def test_open_dicts_are_where_they_have_a_reason() -> None:
    found = {
        path.relative_to(ROOT).as_posix() for name in PACKAGES for path in (ROOT / name).rglob("*.py") if _open(path)
    }
    allowed = frozenset[str]().union(*OPEN.values())
    assert sorted(found - allowed) == [], "make these records (frozen dataclasses); campaign_calendars/values/json.py"
    assert sorted(allowed - found) == [], "these need no exception any more"


def _open(path: Path) -> bool:
    """Whether `dict[str, Any]` is said anywhere in the code, also as a part of another type."""
    return any(
        isinstance(node, ast.Subscript) and ast.unparse(node) == "dict[str, Any]"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )

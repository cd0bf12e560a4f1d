"""`prefect.yaml`: the deployments of calendars as Prefect's own command line reads them (`prefect deploy --all`).

What it makes is what `apply` would: the same names, versions, parameters and schedules. What Prefect's command line
does not know stays with `apply`: a pause of a schedule is not kept, and what left a calendar is not removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import UsageError
from flows.names import PRODUCT_TAG, calendar_tag
from flows.specs import DeploymentSpec

_HEAD = """\
# Written by promocal apply --to. Every change of a calendar needs a plan that somebody read: do not edit by hand.
# First: prefect work-pool create promocal --type process   Then: prefect deploy --all
"""


def write_deployments(file: Path, calendar_id: str, specs: Sequence[DeploymentSpec]) -> None:
    """Put the deployments of a calendar into the file; those of others, and other keys, stay.

    Raises UsageError: it is there and is no prefect.yaml.
    """
    import yaml

    held = _read(file)
    tag = calendar_tag(calendar_id)
    others = [each for each in held.pop("deployments", None) or [] if tag not in (each.get("tags") or ())]
    body = {
        "name": PRODUCT_TAG,
        "build": None,
        "push": None,
        "pull": [],
        **held,
        "deployments": [*others, *(_entry(spec) for spec in specs)],
    }
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=110)
    partial = file.with_suffix(".partial")
    partial.write_text(_HEAD + text, "utf-8")
    partial.replace(file)


def _read(file: Path) -> dict[str, Any]:
    import yaml

    if not file.exists():
        return {}
    try:
        held = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        held = None
    rows = held.get("deployments") if isinstance(held, dict) else None
    fits = isinstance(held, dict) and isinstance(rows or [], list) and all(isinstance(row, dict) for row in rows or [])
    if not fits:
        raise UsageError(
            (f"{file} is there and is no prefect.yaml", f"{file} 已存在，但不是 prefect.yaml"),
            ("name another file", "请换一个文件名"),
        )
    return dict(held)


def _entry(spec: DeploymentSpec) -> Mapping[str, Any]:
    return {
        "name": spec.name,
        "version": spec.version,
        "tags": list(spec.tags),
        "description": spec.description,
        "entrypoint": spec.entrypoint,
        "parameters": dict(spec.parameters),
        "enforce_parameter_schema": True,
        "work_pool": {"name": spec.work_pool},
        "schedules": [
            {"slug": rule.slug, "rrule": rule.rrule, "timezone": rule.timezone, "active": True}
            for rule in spec.schedules
        ],
    }

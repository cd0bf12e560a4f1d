"""Which cell of a source's header is which canonical column; every mismatch is a finding."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from campaign_calendars.errors import ProblemsFoundError
from campaign_calendars.problems import Location, Problem
from warehouse.sources.catalogue import DATASETS, Dataset, SourceSpec

_SHOWN = 12


def tidy_header(cells: Sequence[str]) -> list[str]:
    """Header cells without surrounding blanks and byte-order mark: real exports write `收货地址 ` (B1)."""
    return [cell.strip().strip("\ufeff").strip() for cell in cells]


def match_columns(spec: SourceSpec, header: Sequence[str], place: str) -> dict[str, int]:
    """Canonical column → position in `header` (tidy cells). Optional columns may be absent.

    Raises ProblemsFoundError with S101 (required column missing), S102 (a header cell stands twice) or
    S103 (the column map names something that does not exist); all of them at once.
    """
    dataset = DATASETS[spec.dataset]
    problems = [_unknown_name(spec, dataset, name) for name in spec.columns if name not in dataset.columns]
    found: dict[str, int] = {}
    for name in dataset.columns:
        cell = spec.columns.get(name, name)
        count = header.count(cell)
        if count == 1:
            found[name] = header.index(cell)
        elif count > 1:
            problems.append(_twice(spec, name, cell, count, place))
        elif name in dataset.needed:
            problems.append(_missing(spec, name, cell, header, place))
    if problems:
        raise ProblemsFoundError(problems)
    return found


def absent_mapped(spec: SourceSpec, found: dict[str, int], place: str) -> list[Problem]:
    """S104 warnings: optional columns the user mapped, which this source does not have."""
    return [
        Problem(
            "S104",
            "warning",
            f"sources.{spec.dataset}: column {name} is mapped to '{cell}', which {place} does not have; "
            "it is read as empty",
            f"correct or remove the entry {name} in [sources.{spec.dataset}].columns",
            Location(place, 1),
            f"sources.{spec.dataset}:列 {name} 映射到“{cell}”,但 {place} 没有这一列,按空值处理",
            f"修改或删除 [sources.{spec.dataset}].columns 中的 {name}",
        )
        for name, cell in spec.columns.items()
        if name in DATASETS[spec.dataset].columns and name not in found
    ]


def _missing(spec: SourceSpec, name: str, cell: str, header: Sequence[str], place: str) -> Problem:
    shown = ", ".join(header[:_SHOWN]) + (" …" if len(header) > _SHOWN else "")
    near = difflib.get_close_matches(cell, header, n=1)
    hint = (
        f'set columns = {{ {name} = "{near[0] if near else "…"}" }} in [sources.{spec.dataset}]; the header is: {shown}'
    )
    hint_zh = f'在 [sources.{spec.dataset}] 写 columns = {{ {name} = "{near[0] if near else "…"}" }};表头是:{shown}'
    return Problem(
        "S101",
        "error",
        f"{place} has no column '{cell}', which {spec.dataset} needs as {name}",
        hint,
        Location(place, 1),
        f"{place} 没有列“{cell}”,数据集 {spec.dataset} 需要它作为 {name}",
        hint_zh,
    )


def _twice(spec: SourceSpec, name: str, cell: str, count: int, place: str) -> Problem:
    return Problem(
        "S102",
        "error",
        f"{place} has {count} columns called '{cell}'; which of them is {name} of {spec.dataset} cannot be told",
        "rename all but one in the source, or map another column",
        Location(place, 1),
        f"{place} 有 {count} 个同名列“{cell}”,无法判断哪一个是 {spec.dataset} 的 {name}",
        "在来源中只保留一个同名列,或映射到其他列",
    )


def _unknown_name(spec: SourceSpec, dataset: Dataset, name: str) -> Problem:
    known = ", ".join(dataset.columns)
    return Problem(
        "S103",
        "error",
        f"sources.{spec.dataset}: '{name}' is not a column of {spec.dataset}",
        f"the columns are: {known}; write canonical name = header cell",
        Location(f"sources.{spec.dataset}"),
        f"sources.{spec.dataset}:“{name}”不是 {spec.dataset} 的列",
        f"可用的列:{known};写法是 标准列名 = 表头",
    )

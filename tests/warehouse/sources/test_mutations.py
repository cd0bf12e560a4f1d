"""Every shipped map and every dataset, written wrongly in every way we know: one of three ends, and the account closes.

A cell ends in its right value, in a row set aside with its rule and place, or, where the docs say that
the row is kept, empty and said. A file ends in the same rows or in a refusal with a remedy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.sources.file_mutations import BOOKS, FILES, book, ended, raw, rows_of
from tests.warehouse.sources.mutations import Export, exports, judge
from warehouse.sources.load import understand_source

EXPORTS = exports()
HARMLESS = {
    "utf-8 with a mark", "gb18030", "utf-16", "utf-16-be", "tabs", "semicolons", "bars", "carriage returns",
    "everything quoted", "no last line end", "blank lines", "a title above", "gzip", "blanks around headers",
    "wide headers", "capital headers", "columns in another order", "more columns",
}  # fmt: skip
QUICK = ("taobao-orders-orders", "plain-members")
"""What the default suite tries; the whole is slow."""


def marked(quick: Sequence[str]) -> list[object]:
    marks = {True: (), False: (pytest.mark.slow,)}
    return [pytest.param(export, id=str(export), marks=marks[str(export) in quick]) for export in EXPORTS]


@pytest.mark.parametrize("export", marked(QUICK))
def test_a_cell_ends_in_its_value_or_aside(export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.staging.examples.SHOWN", 10_000)
    ends, (rows_in, accepted, quarantined, duplicates) = judge(export, tmp_path)
    counted = Counter(end.name for end in ends)
    print(f"{export}: {len(ends)} cells, {dict(sorted(counted.items()))}")
    wrong = [(end.mutation.name, end.mutation.written, end.value, end.rule) for end in ends if end.name == "CHANGED"]
    assert wrong == []
    assert [(end.mutation.name, end.mutation.written, end.others) for end in ends if end.others] == []
    assert "LOST" not in {end.rule for end in ends}
    assert rows_in == len(ends) + 1 == accepted + quarantined + duplicates


@pytest.mark.parametrize("export", marked(QUICK[:1]))
def test_a_file_ends_in_its_rows_or_refused(export: Export, tmp_path: Path) -> None:
    rows = rows_of(export)
    (tmp_path / "good.csv").write_bytes(FILES["no last line end"](rows))
    with duckdb.connect() as con:
        understand_source(con, export.spec("good.csv"), tmp_path)
        good = raw(con, export.dataset)
    ends: Counter[str] = Counter()
    for name, write in FILES.items():
        (tmp_path / "export.csv").write_bytes(write(rows))
        ends[end := ended(export, tmp_path, "export.csv", good)] += 1
        assert end == "the same rows" or name not in HARMLESS, (name, end)
    for sheets in BOOKS.values():
        book(tmp_path / "export.xlsx", sheets(rows))
        ends[ended(export, tmp_path, "export.xlsx", good)] += 1
    print(f"{export}: {ends.total()} files, {dict(sorted(ends.items()))}")
    assert not [end for end in ends if "NO REMEDY" in end]

"""What a refresh relies on in a source, as tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from unittest import SkipTest

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError, UsageError
from promocal.testing.raising import NAME, raised
from tasks.plugins import plug_in
from tasks.settings import validated
from warehouse.sources.load import read_rows
from warehouse.sources.port import FileKind, SourceKind, TableKind, keys_of, spec_of
from warehouse.sources.reading import Reading
from warehouse.sources.registry import SOURCES

_COLUMNS = ("order_id", "member_id", "ordered_at", "amount", "status")
_MANY = 2_500
Row = Sequence[str | None]
Read = tuple[Reading, list[dict[str, Any]]]

ROWS: tuple[tuple[str | None, ...], ...] = (
    ("00123456789012345678", "会员01", "2026-03-08 10:00:00", "199.00", "交易成功"),
    ("2", "a,b", "2026-03-08 11:30:00", "0.01", 'two\nlines "quoted"'),
    ("3", "emoji 🎁", "2026-03-08 12:00:00", "1234567.89", None),
)
"""Orders that are hard to write down: long ids with zeros in front, line ends, quotes, an empty cell."""


class SourceContract:
    """Subclass it, set `kind`, and say how rows are put where a source of this kind reads them.

    The rows are those of the dataset `orders`. Every test has a directory of its own, the project. Give the
    subclass an autouse fixture where something has to be started and stopped.
    """

    kind: ClassVar[SourceKind]
    secrets: Mapping[str, str] = {}
    """Environment variables that the keys name."""

    def put(self, project: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Any]:
        """Write the rows under that name, and return the keys of `[sources.orders]` that read them, without `kind`."""
        raise NotImplementedError

    def nowhere(self, project: Path) -> Mapping[str, Any]:
        """Keys of something that cannot be read. For files: one that holds other bytes."""
        if not isinstance(self.kind, FileKind):
            raise SkipTest("the contract was not told of a source that cannot be read")
        path = project / f"broken{self.kind.suffixes[0]}"
        path.write_bytes(b"\x00\xfe\x01 \xff of no kind \x00\n" * 9)
        return {"path": path.name}

    def read(self, project: Path, keys: Mapping[str, Any], *, only: str = "", **common: Any) -> Read:
        """What a source with these keys says of orders: how it was understood, and the raw rows in order.

        `only` one of its files; `common` keys are those of every kind, such as `columns`.
        """
        plug_in(SOURCES)
        given = validated(self.kind.keys, keys, "sources.orders", ("", ""))
        spec = spec_of("orders", self.kind.name, given, self._secret, **{"timezone": "UTC", **common})
        return read_rows(spec, project, only={only} if only else None)

    def _secret(self, variable: str) -> str:
        if variable not in self.secrets:
            raise UsageError(
                (f"sources.orders: the environment has no {variable}", f"sources.orders：环境变量中没有 {variable}"),
                (f"export {variable}", f"请先 export {variable}"),
            )
        return self.secrets[variable]

    def test_it_is_announced_under_its_name(self) -> None:
        assert NAME.fullmatch(self.kind.name), f"{self.kind.name!r} has other characters than a-z, 0-9, - and _"
        found = plug_in(SOURCES).get(self.kind.name)
        assert found is self.kind, "announce the kind in the entry-point group promocal.sources, and install it"

    def test_a_key_it_does_not_have_is_an_error(self, tmp_path: Path) -> None:
        keys = self.put(tmp_path, "orders", _COLUMNS, ROWS)
        error = raised(UsageError, lambda: self.read(tmp_path, {**keys, "no_such_key": 1}))
        assert error is not None, "an unknown key has to be an error: forbid extra keys"
        assert "sources.orders.no_such_key" in str(error)

    def test_every_row_arrives_as_the_text_it_was(self, tmp_path: Path) -> None:
        reading, rows = self.read(tmp_path, self.put(tmp_path, "orders", _COLUMNS, ROWS))
        assert reading.rows == len(ROWS)
        found = {row["order_id"]: row for row in rows}
        for given in ROWS:
            expected = dict(zip(_COLUMNS, given, strict=True))
            row = found.get(expected["order_id"])
            assert row is not None, f"{expected['order_id']} is not there: ids are text, they have no numbers"
            for column in ("member_id", "ordered_at", "status"):
                assert (row[column] or None) == expected[column], (column, row[column], expected[column])
            assert float(str(row["amount"])) == float(str(expected["amount"]))
        numbers = [row["_row"] for row in rows]
        assert numbers[0] >= 1, "rows are numbered from 1, or as the file shows them"
        assert numbers == sorted(set(numbers)), "every row has a number of its own, in their order"

    def test_columns_are_found_by_name_in_any_order(self, tmp_path: Path) -> None:
        header = ("nobody_asked", *reversed(_COLUMNS))
        turned = [("x", *reversed(row)) for row in ROWS]
        _, straight = self.read(tmp_path, self.put(tmp_path, "straight", _COLUMNS, ROWS))
        reading, rows = self.read(tmp_path, self.put(tmp_path, "turned", header, turned))
        assert [{**row, "_file": ""} for row in rows] == [{**row, "_file": ""} for row in straight]
        assert reading.parts[0].ignored == ["nobody_asked"]

    def test_a_missing_column_is_a_finding_with_its_place(self, tmp_path: Path) -> None:
        without = [row[:3] for row in ROWS]
        keys = self.put(tmp_path, "orders", _COLUMNS[:3], without)
        error = raised(ProblemsFoundError, lambda: self.read(tmp_path, keys))
        assert error is not None, "orders without an amount have to be refused"
        assert [problem.code for problem in error.problems] == ["S101"]
        assert error.problems[0].location.file

    def test_the_same_rows_are_read_the_same_again(self, tmp_path: Path) -> None:
        keys = self.put(tmp_path, "orders", _COLUMNS, ROWS)
        assert self.read(tmp_path, keys)[1] == self.read(tmp_path, keys)[1]

    def test_many_rows(self, tmp_path: Path) -> None:
        rows = [(f"o{n}", f"m{n % 97}", "2026-03-08 10:00:00", f"{n}.50", "paid") for n in range(_MANY)]
        reading, found = self.read(tmp_path, self.put(tmp_path, "orders", _COLUMNS, rows))
        assert reading.rows == _MANY
        assert {row["order_id"] for row in found} == {row[0] for row in rows}
        assert len({row["_row"] for row in found}) == _MANY

    def test_what_cannot_be_read_is_one_clear_error(self, tmp_path: Path) -> None:
        keys = self.nowhere(tmp_path)
        error = raised(PromocalError, lambda: self.read(tmp_path, keys))
        assert error is not None, "rows were read of something that is no source"
        assert str(error)
        assert not any(value in str(error) for value in self.secrets.values()), "the error shows a secret"

    def test_only_new_files_are_read(self, tmp_path: Path) -> None:
        if not isinstance(self.kind, FileKind):
            raise SkipTest("no files")
        plain = [(f"o{n}", f"m{n}", "2026-03-08 10:00:00", "9.50", "paid") for n in range(9)]
        first = self.put(tmp_path, "orders-1", _COLUMNS, plain[:5])
        second = self.put(tmp_path, "orders-2", _COLUMNS, plain[5:])
        ending = Path(str(first["path"])).suffix
        _, rows = self.read(tmp_path, {**second, "path": f"orders-*{ending}"}, only=str(second["path"]))
        assert sorted(str(row["order_id"]) for row in rows) == ["o5", "o6", "o7", "o8"]

    def test_manifests_hold_no_secret(self, tmp_path: Path) -> None:
        if not isinstance(self.kind, TableKind):
            raise SkipTest("no table")
        keys = validated(self.kind.keys, self.put(tmp_path, "orders", _COLUMNS, ROWS), "sources.orders", ("", ""))
        spec = spec_of("orders", self.kind.name, keys, self._secret, timezone="UTC")
        place = self.kind.place(keys_of(spec, self.kind))
        assert place
        assert not any(value in place + repr(spec) for value in self.secrets.values())

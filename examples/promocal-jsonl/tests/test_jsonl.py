"""JSON Lines as a source of promocal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from promocal_jsonl import KIND

from promocal.testing import SourceContract


class TestContract(SourceContract):
    kind = KIND

    def put(
        self, project: Path, name: str, header: Sequence[str], rows: Sequence[Sequence[str | None]]
    ) -> Mapping[str, Any]:
        lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows]
        (project / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        return {"path": f"{name}.jsonl"}

    def test_objects_inside_objects_numbers_and_broken_lines(self, tmp_path: Path) -> None:
        (tmp_path / "o.jsonl").write_text(
            '{"order_id": 20260308123456789012, "buyer": {"id": "会员1"}, "ordered_at": "2026-03-08", "amount": 0.10}\n'
            '\n{"order_id": "2", "buyer": {"id": "会员2"}\n'
            '{"order_id": "3", "amount": 5, "ordered_at": "2026-03-08", "late": true, "buyer": {"id": null}}\n',
            "utf-8",
        )
        reading, rows = self.read(tmp_path, {"path": "o.jsonl"}, columns={"member_id": "buyer.id"})
        said = [(row["order_id"], row["member_id"], row["amount"], row["_row"]) for row in rows]
        assert said == [("20260308123456789012", "会员1", "0.10", 1), ("3", None, "5", 4)]
        assert reading.rows == 3, "the broken line is counted: it is in the quarantine"
        assert reading.parts[0].ignored == ["late"]

    def test_another_separator(self, tmp_path: Path) -> None:
        (tmp_path / "o.txt").write_text('{"order": {"id": "1"}, "by": "m", "ordered_at": "2026-03-08", "amount": 1}\n')
        keys = {"path": "o.txt", "separator": "/"}
        _, rows = self.read(tmp_path, keys, columns={"order_id": "order/id", "member_id": "by"})
        assert [(row["order_id"], row["member_id"]) for row in rows] == [("1", "m")]

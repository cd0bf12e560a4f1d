"""What a source consists of, told by digests: the same content and reading, the same identity."""

from __future__ import annotations

from pathlib import Path

from warehouse.shelf.digests import FileDigests
from warehouse.sources import SourceSpec
from warehouse.staging.inputs import Content, files_of, identity


def told(spec: SourceSpec, base_dir: Path) -> str:
    return identity(spec, base_dir, files_of(spec, base_dir, FileDigests(base_dir)), Content())


def test_identity_follows_content_and_reading_not_the_place(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("a\n")
    spec = SourceSpec("orders", "csv", "o.csv")
    first = told(spec, tmp_path)
    assert told(spec, tmp_path) == first
    assert told(SourceSpec("orders", "csv", "*.csv"), tmp_path) == first
    assert told(SourceSpec("orders", "csv", "o.csv", timezone="UTC"), tmp_path) != first
    path.write_text("b\n")
    assert told(spec, tmp_path) != first

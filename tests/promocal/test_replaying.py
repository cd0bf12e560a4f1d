"""What `promocal replay` refuses before it replays anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from promocal import cli

REFUSED = [
    (("-o", "beside.html"), "there is no comparison to write", "--against ran"),
    (("--format", "xlsx"), "there is no comparison to write", "--report FILE"),
    (("--against", "ran", "-o", "beside.pdf"), "none of a page, a workbook or Markdown", ".html, .xlsx or .md"),
    (("--against", "ran", "-o", "beside.html", "--format", "md"), "does not write beside.html", "leave out --format"),
    (("--against", "ran", "--what-if", "plan=planned"), "two comparisons", "leave out one"),
    (("--against", "ran", "--simulate"), "is not simulated", "leave out --simulate"),
]


@pytest.mark.parametrize("refused", REFUSED)
def test_what_makes_no_sense_is_refused_with_a_remedy(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    refused: tuple[tuple[str, ...], str, str],
) -> None:
    arguments, says, remedy = refused
    (tmp_path / "promocal.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROMOCAL_LANG", "en")
    monkeypatch.setattr(sys, "argv", ["promocal", "replay", "queens-day-2020", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert says in said
    assert remedy in said

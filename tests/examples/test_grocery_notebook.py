"""The notebook of the grocery year: no output is kept in it, and its cells run in their order on a few households."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "grocery.ipynb"
pytestmark = pytest.mark.grocery
HOUSEHOLDS = 300


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    found: list[dict[str, Any]] = notebook["cells"]
    return found


def test_no_output_is_kept(cells: list[dict[str, Any]]) -> None:
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) >= 8
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    text = NOTEBOOK.read_text("utf-8")
    assert not re.search(r"/home/|/tmp/|/Users/", text)


def test_the_cells_run_in_their_order(
    cells: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        if "parameters" in cell["metadata"].get("tags", ()):
            assert source.startswith("HOUSEHOLDS = None")
            source = f"HOUSEHOLDS = {HOUSEHOLDS}"
        exec(compile(source, cell["id"], "exec"), names)
    assert len(names["features"]) == HOUSEHOLDS
    assert 0 < len(names["recent"]) <= HOUSEHOLDS
    explained = names["explained_by"]
    assert 0.2 < explained[4] < explained[13] < 1, "more of the past explains more"
    programme = names["programme"]
    assert set(programme["arm"]) == {"treated", "campaign_control"}
    assert len(programme) == len(names["recent"])
    spend = names["contrasts"].query("contrast == 'programme' and outcome == 'spend_cents'").iloc[0]
    means = programme.groupby("arm")["spend_cents"].mean()
    assert spend["treated_mean"] - spend["control_mean"] == pytest.approx(means["treated"] - means["campaign_control"])
    assert spend["difference"] == pytest.approx(spend["treated_mean"] - spend["control_mean"])
    assert spend["adjusted_high"] - spend["adjusted_low"] < spend["high"] - spend["low"]
    assert names["picture"]._repr_svg_().count("<polyline") == 2

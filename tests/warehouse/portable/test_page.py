"""docs/scale.md shows the subset as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.portable.page import written
from warehouse.portable.subset import TRAPS

PAGE = Path(__file__).parents[3] / "docs" / "scale.md"


def test_the_tables_are_up_to_date() -> None:
    text = PAGE.read_text("utf-8")
    assert written(text) == text, "run: python -m warehouse.portable.page docs/scale.md"
    assert all(f"`{trap.spelled}`" in text for trap in TRAPS.values())


def test_a_page_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table 'allowed'"):
        written("# nothing")

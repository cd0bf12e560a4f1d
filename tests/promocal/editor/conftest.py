"""The small project of the editor's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Its calendar."""
    from tests.promocal.editor.written import project

    return project(tmp_path)

"""Draws depend on their keys alone, are uniform, and never change between releases."""

from __future__ import annotations

import numpy as np

from warehouse.sample.draws import hashes, text_key, uniforms

NUMBERS = np.arange(40_000)
KNOWN_HASHES = [12371682559250380021, 13706443571346529512]
KNOWN_KEY = -5772669760332163114


def test_known_answers() -> None:
    # A change here changes every world ever made with a seed.
    assert hashes(1, 2, [3, 4], 5).tolist() == KNOWN_HASHES
    assert text_key("burst/recall") == KNOWN_KEY


def test_a_draw_does_not_depend_on_its_neighbours() -> None:
    together = uniforms(7, 1, NUMBERS, 18_000)
    alone = [float(uniforms(7, 1, [number], 18_000)[0]) for number in (0, 17, 39_999)]
    assert together[[0, 17, 39_999]].tolist() == alone


def test_draws_are_uniform_and_unrelated() -> None:
    columns = [
        uniforms(7, 1, NUMBERS, 18_000),
        uniforms(7, 1, NUMBERS, 18_001),
        uniforms(7, 2, NUMBERS, 18_000),
        uniforms(8, 1, NUMBERS, 18_000),
        uniforms(7, 1, 18_000, NUMBERS),
    ]
    for column in columns:
        assert 0.0 <= column.min() < column.max() < 1.0
        counts = np.histogram(column, bins=20, range=(0, 1))[0]
        chi_square = float(((counts - 2_000) ** 2 / 2_000).sum())
        assert chi_square < 43.8  # 19 degrees of freedom, p = .001
    related = np.corrcoef(np.vstack(columns)) - np.eye(len(columns))
    assert np.abs(related).max() < 0.02


def test_negative_keys_are_keys() -> None:
    assert len(set(hashes(1, 1, [-2, -1, 0, 1, 2]).tolist())) == 5

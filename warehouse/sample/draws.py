"""Random numbers that depend on what they are for, not on when they are asked for.

The world is advanced in steps of any size. A generator with a state would give other members
other luck as soon as the steps differ; a hash of (seed, stream, keys) does not.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

Uints = NDArray[np.uint64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_UNIT = 2.0**-53


def _mix(state: Uints) -> Uints:
    """The finaliser of SplitMix64: every input bit reaches every output bit."""
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return state ^ (state >> np.uint64(31))


def hashes(seed: int, stream: int, *keys: ArrayLike) -> Uints:
    """One 64-bit hash per element of the broadcast keys; keys are whole numbers."""
    state = np.full(1, seed, dtype=np.int64).view(np.uint64)
    for key in (stream, *keys):
        column = np.atleast_1d(np.asarray(key, dtype=np.int64)).view(np.uint64)
        state = _mix((state + _GOLDEN) ^ _mix(column + _GOLDEN))
    return state


def uniforms(seed: int, stream: int, *keys: ArrayLike) -> Floats:
    """Uniform numbers in [0, 1), one per element of the broadcast keys."""
    high_bits: Floats = (hashes(seed, stream, *keys) >> np.uint64(11)).astype(np.float64)
    return high_bits * _UNIT


def text_key(text: str) -> int:
    """A stable signed 64-bit number for a name, usable as a key."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)

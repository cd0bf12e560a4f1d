"""Contracts that plug-ins test themselves against, as promocal tests its own channels and sources.

Subclass one in a test module, name the kind and fill in what the docstring asks for; pytest does the rest:

    from promocal.testing import ChannelContract

    class TestRobot(ChannelContract):
        kind = KIND
        ...
"""

from __future__ import annotations

from promocal.testing.channels import Arrived, ChannelContract, a_batch
from promocal.testing.sources import SourceContract

__all__ = ["Arrived", "ChannelContract", "SourceContract", "a_batch"]

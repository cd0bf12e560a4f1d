"""Every construct of the domain by its row (A3, A1#16): what of the language says it, or why it is left out.

The keys themselves are in `reference.honoured`; here stand constructs, many of which are kinds, fields and checks.
"""

from __future__ import annotations

from typing import Final

from campaign_calendars.reference.domain_rows.concepts import CONCEPTS
from campaign_calendars.reference.domain_rows.means import MEANS
from campaign_calendars.reference.domain_rows.row import Row
from campaign_calendars.reference.domain_rows.seeds import SEEDS

__all__ = ["ROWS", "Row"]

ROWS: Final[tuple[Row, ...]] = (*CONCEPTS, *MEANS, *SEEDS)

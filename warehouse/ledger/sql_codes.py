"""The codes of partners, as `SqlLedger` has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from warehouse.ledger import codes
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.records import CodeRow


class SqlCodes:
    """One part of `SqlLedger`."""

    _engine: Engine

    def take_codes(
        self, partner: str, intent_keys: Sequence[str], digests: Sequence[str], at: datetime
    ) -> dict[str, str]:
        with writing(self._engine) as con:
            return codes.take(con, partner, intent_keys, digests, at)

    def code_rows(self, partner: str) -> list[CodeRow]:
        with reading(self._engine) as con:
            return codes.rows(con, partner)

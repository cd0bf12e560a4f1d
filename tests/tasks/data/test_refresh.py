"""A refresh says what it found in the reader's language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tasks.data.refresh import refresh
from tasks.runtime import Runtime
from tests.tasks.conftest import CALENDAR


@pytest.mark.parametrize(("lang", "is_chinese"), [("en", False), ("zh", True)])
def test_reason_and_findings_are_in_one_language(shop: Runtime, lang: str, is_chinese: bool) -> None:
    done = refresh(shop, CALENDAR, shop.clock() + timedelta(days=1 + is_chinese), lang=lang, full=True)
    texts = [done.reason, *(finding.message for finding in done.findings)]
    assert len(texts) > 1
    assert {bool(re.search("[一-鿿]", text)) for text in texts} == {is_chinese}

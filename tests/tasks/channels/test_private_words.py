"""The people of a batch are taken out of what the other side says."""

from __future__ import annotations

import html
import json
import time
import unicodedata
from urllib.parse import quote

import pytest

from tasks.channels.port import Message
from tasks.channels.private_words import PrivateWords

TEXT = "您的专属优惠券 30 元已到账，请于三日内使用"
PEOPLE = {"甲一": "13900000101", "Li Na": "+86 139-0000-0102", "欧阳小明": "li.na@example.com", "L": "021-6888 0001"}
MESSAGES = [
    Message(f"k{n}", f"vip{n:05}", f"{name}，{TEXT}", None, to, name) for n, (name, to) in enumerate(PEOPLE.items())
]
WORDS = PrivateWords(MESSAGES)
SPELT = "cannot reach 甲一 at 13900000101"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("cannot reach 甲一 at 139 0000 0101", "cannot reach *** at ***"),
        ("139.0000.0101 blocked", "*** blocked"),
        ("１３９０００００１０１ 甲一", "*** ***"),
        ("+86 (139) 0000-0102: no", "***: no"),
        ("mail to LI.NA@EXAMPLE.COM bounced", "mail to *** bounced"),
        ("LI NA, Na and li refused", "***, *** and *** refused"),
        ("Linda is no member", "Linda is no member"),
        ("小明 / 欧阳小明", "*** / ***"),
        ("member vip00002 unknown", "member *** unknown"),
        ("vip000021 is another", "vip000021 is another"),
        ("bad text: 专属优惠券 30 元已到账，请于", "bad text: ***"),
        ("HTTP 422: template T-9 is not approved", "HTTP 422: template T-9 is not approved"),
        ("isv.BUSINESS_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"),
        (json.dumps(SPELT), '"cannot reach *** at ***"'),
        (html.escape("甲一").join(["&#30002;&#19968; ", ""]), "*** ***"),
        (quote(SPELT), "cannot reach *** at ***"),
        ("L", "L"),
        ("", ""),
    ],
)
def test_people_are_starred_however_they_are_spelt(said: str, kept: str) -> None:
    assert WORDS.out_of(said) == kept
    assert WORDS.out_of(kept) == kept


@pytest.mark.parametrize(
    ("receipt", "kept"),
    [
        ("900619746936498440^0", "900619746936498440^0"),
        ("r-vip00001", "r-vip00001"),
        ("2026030813900000101", "***"),
        ("id-li-77", "id-***-77"),
        ("回执 甲一 13900000101", "回执 *** ***"),
        ("li.na@example.com/1", "***"),
    ],
)
def test_receipts_keep_the_numbers_a_provider_is_asked_by(receipt: str, kept: str) -> None:
    found = WORDS.out_of_receipt(receipt)
    assert found == kept or (kept == "***" and "139" not in found and "@" not in found)


@pytest.mark.parametrize("name", ["ＬｉＮａ", "王Li", "王·Li", "\u212anut"])
def test_a_name_in_wide_letters_is_known_in_a_plain_receipt(name: str) -> None:
    words = PrivateWords([Message("k", "m", TEXT, None, None, name), Message("l", "n", TEXT, None, None, "甲一")])
    plain = unicodedata.normalize("NFKC", name).strip("王·")
    assert words.out_of_receipt(f"id-{plain}-7") == words.out_of_receipt(f"id-{plain}-7")
    assert (plain in words.out_of_receipt(f"id-{plain}-7")) == (plain in words.out_of(f"id-{plain}-7"))


def test_a_large_batch_costs_little() -> None:
    messages = [Message(f"k{n}", f"m{n}", f"{n} {TEXT}", None, f"139{n:08}", f"会员{n:05}") for n in range(20_000)]
    words = PrivateWords(messages)
    start = time.perf_counter()
    said = [words.out_of(f"会员{n:05} at 139{n:08}") for n in range(0, 20_000, 20)]
    assert set(said) == {"*** at ***"}
    assert time.perf_counter() - start < 5

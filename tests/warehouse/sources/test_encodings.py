"""Which encoding a file is in: decided on all of it, stated with the reason, never guessed into garbage."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.findings.errors import SourceError
from warehouse.sources import encodings
from warehouse.sources.encodings import Encoding, decide_encoding, first_bad_line

TEXT = "订单编号,买家会员名,总金额\n" + "".join(f"20{n},会员䶮{n},1{n}.50\n" for n in range(50))


def decide(data: bytes, wanted: str = "auto") -> Encoding:
    return decide_encoding(lambda: io.BytesIO(data), wanted, "o.csv", "sources.orders")


@pytest.mark.parametrize(
    ("data", "name", "how"),
    [
        (TEXT.encode(), "utf-8", "all of it is valid UTF-8"),
        (TEXT.encode("utf-8-sig"), "utf-8", "byte-order mark"),
        (TEXT.encode("gb18030"), "gb18030", "line 1 is not UTF-8, all is GB18030"),
        ("a,b\n1,张伟\n".encode("gbk"), "gb18030", "line 2 is not UTF-8"),
        (TEXT.encode("utf-16"), "utf-16", "byte-order mark"),
        (TEXT.encode("utf-16-le"), "utf-16-le", "every second byte is zero"),
        ("order_id,城市\n".encode("utf-16-be"), "utf-16-be", "every second byte is zero"),
        (b"a,b\n1,2\n", "utf-8", "plain ASCII"),
        (b"", "utf-8", "plain ASCII"),
        ("name\nJosé\nMüller\n".encode(), "utf-8", "valid UTF-8"),
    ],
)
def test_what_a_file_is_in(data: bytes, name: str, how: str) -> None:
    found = decide(data)
    assert found.name == name
    assert how in found.how
    assert found.how_zh
    assert data.decode(found.name)[:1] in {"", "\ufeff", *"订ano"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("name,city\nJosé,München\n".encode("latin-1"), "line 2 is not UTF-8, line 2 is not GB18030"),
        (TEXT.encode().decode("latin-1").encode(), "read as latin-1 once, though it was utf-8"),
        (TEXT.encode("gb18030").decode("latin-1").encode(), "read as latin-1 once, though it was gb18030"),
        (TEXT.encode().decode("gb18030", "replace").encode(), "read as gb18030 once, though it was utf-8"),
        (bytes(range(128, 256)) * 40, "is not text"),
        ("编号,名\n亁亄亅亇,亊亐亖亗\n鍙犳嫭鎷\n".encode("gb18030"), "but not to text anybody writes"),
    ],
)
def test_what_is_text_in_no_sensible_way_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        decide(data)
    assert caught.value.remedy


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=8, max_size=60))
@settings(max_examples=60)
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    """Whatever characters stand in a UTF-8 file, it is read as UTF-8 or refused; nothing is changed silently."""
    try:
        assert decide(("编号\n" + text + "\n").encode()).name == "utf-8"
    except SourceError as error:
        assert "garbled" in error.message  # noqa: PT017


def test_a_large_file_is_looked_at_where_it_starts_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "_HEAD_BYTES", 1000)
    monkeypatch.setattr(encodings, "_TAIL_BYTES", 300)
    plain = b"order_id,name\n" + b"1,x\n" * 2000
    assert decide(plain + "2,张伟\n".encode("gb18030")).name == "gb18030"
    assert "first 16 MB" in decide(plain + "2,张伟\n".encode()).how
    # In the middle, where nobody looked, the reading itself finds it, by its line.
    hidden = plain + "2,张伟\n".encode("gb18030") + plain
    assert decide(hidden).name == "utf-8"
    assert first_bad_line(lambda: io.BytesIO(hidden), "utf-8") == 2002


def test_an_encoding_nobody_knows() -> None:
    with pytest.raises(SourceError, match="'gbk2' is not an encoding"):
        decide(b"a", "gbk2")


def test_lost_characters_are_counted() -> None:
    assert decide("编号,名\n1,张\ufffd\n2,锟斤拷\n".encode()).lost == 2

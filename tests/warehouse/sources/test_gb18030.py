"""GB18030 read as bytes: nothing may come out otherwise than when it is decoded first."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from campaign_calendars.findings.errors import SourceError
from warehouse.sources import SourceSpec, delimited, gb18030
from warehouse.sources.port import SourceFile

RARE = "镕喆堃昇𠮷㐀€·"  # second bytes of ASCII, four bytes, a letter beyond the plane, marks
PIECES = ("买家", "a", "0", "9", ",", "|", "~", "@", *RARE)


def decodes(text: bytes) -> bool:
    try:
        text.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def passes(text: bytes) -> bool:
    try:
        gb18030.check(text)
    except UnicodeDecodeError:
        return False
    return True


def test_every_pair_of_bytes_is_judged_as_the_decoder_does() -> None:
    for first in (0x80, 0x81, 0xA1, 0xB0, 0xFE, 0xFF):
        for second in range(0x100):
            for after in (b"", b"A", b"\xb0\xa1"):
                text = b"x" + bytes((first, second)) + after
                assert passes(text) is decodes(text), text


def test_usual_text_needs_no_decoding_to_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gb18030, "NAME", "ascii")  # which would refuse it
    gb18030.check("买家已付款，镕喆堃昇 abc\n".encode("gb18030"))
    with pytest.raises(UnicodeDecodeError):
        gb18030.check("𠮷".encode("gb18030"))


def test_any_bytes_are_judged_as_the_decoder_does() -> None:
    draw = random.Random(18030)
    alphabet = bytes((0x0A, 0x22, 0x2C, 0x30, 0x39, 0x40, 0x7E, 0x7F, 0x80, 0x81, 0xA1, 0xB0, 0xFE, 0xFF))
    good = 0
    for _ in range(20_000):
        text = bytes(draw.choice(alphabet) for _ in range(draw.randrange(1, 9)))
        good += decodes(text)
        assert passes(text) is decodes(text), text
    assert 2_000 < good < 18_000


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
def test_a_stream_is_checked_whole_and_given_as_it_is(size: int) -> None:
    text = ("".join(PIECES) + "\n").encode("gb18030") * 5 + "尾".encode("gb18030")
    stream = gb18030.Checked(io.BytesIO(text))
    assert b"".join(iter(lambda: stream.read(size), b"")) == text
    broken = gb18030.Checked(io.BytesIO(text + b"\xff"))
    with pytest.raises(UnicodeDecodeError):
        list(iter(lambda: broken.read(size), b""))
    half = gb18030.Checked(io.BytesIO(text[:-1]))
    with pytest.raises(UnicodeDecodeError):
        list(iter(lambda: half.read(size), b""))


@pytest.mark.parametrize("inside", ["", "\n", "\n\x1f", "\n\x1f\x1e"])
def test_cells_become_the_text_they_are(inside: str) -> None:
    cells = ["", "plain", "买家" + inside, *RARE, "", "末"]
    column = pa.array([cell.encode("gb18030") for cell in cells], pa.binary())
    for part in (column, column.slice(2), column.slice(1, 4), column.slice(0, 2), column.slice(3, 0)):
        assert gb18030.texts(part).to_pylist() == [cell.decode("gb18030") for cell in part.to_pylist()]
        assert gb18030.texts(part).type == pa.string()
        gb18030.texts(part).validate(full=True)


def lines(count: int) -> list[str]:
    draw = random.Random(3)
    names = ["".join(draw.choice(PIECES) for _ in range(4)) for _ in range(count)]
    usual = "等待卖家发货，买家已付款，浙江省杭州市西湖区"
    return [f'{n},"{name}\n{usual}",{draw.choice(RARE)},{n * 7}\r\n' for n, name in enumerate(names)]


def read(folder: Path, content: bytes, name: str = "o.csv") -> tuple[list[Any], list[tuple[int, str]]]:
    (folder / name).write_bytes(content)
    spec, file = SourceSpec("orders", "csv", path=name), SourceFile(folder / name, name, "csv")
    layout = delimited.open_layout(spec, file, {"号", "名", "字", "数"})
    numbers = delimited.LineNumbers(layout.skipped)
    found = list(delimited.batches(spec, file, layout, [0, 1, 2], numbers))
    assert layout.encoding.name == "gb18030"
    return [row for batch in found for row in batch.to_pylist()], numbers.broken


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("broken_at", [None, 0, 150, 299])
def test_a_file_reads_the_same_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_at: int | None, packed: bool
) -> None:
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 512)
    body = lines(300)
    if broken_at is not None:
        body.insert(broken_at, "多,出,一,个,格\n")
    content = ("号,名,字,数\n" + "".join(body)).encode("gb18030")
    content = gzip.compress(content) if packed else content
    as_bytes = read(tmp_path, content)
    monkeypatch.setattr(gb18030, "fits", lambda *_: False)
    assert as_bytes == read(tmp_path, content)
    rows, broken = as_bytes
    assert len(rows) == 300
    assert [number for number, _ in broken] == ([] if broken_at is None else [broken_at + 2]), (
        "the line of the file, its header counted"
    )


def test_bytes_that_are_no_text_are_refused_in_columns_nobody_reads(tmp_path: Path) -> None:
    # Beyond what is looked at beforehand: the first 16 MB and the last one.
    row = "1,买家,字,地址地址地址地址地址地址地址地址地址地址地址地址地址地址地址地址\n".encode("gb18030")
    content = "号,名,字,数\n".encode("gb18030") + row * 230_000 + b"2,x,y,\xff\xff\n" + row * 20_000
    with pytest.raises(SourceError, match=r"not text in gb18030 \(line 230002\)"):
        read(tmp_path, content)

"""Which encoding a text file is in, and how that is known. Garbage is refused, never guessed at.

A file is looked at whole up to 16 MB; of a larger one the first 16 MB and the last one are, and the reading
itself stops at the first line that does not fit. GB18030 accepts nearly any bytes, so what it
decodes to must also look like text somebody wrote.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from campaign_calendars.findings.errors import SourceError

_HEAD_BYTES = 16 << 20
_TAIL_BYTES = 1 << 20
_LOOKED_AT = 20_000
_LIKELY = 0.5
_CERTAIN = 0.7
_CLEARLY = 0.4
_MOSTLY_VALID = 0.9
_FEW = 10
_ASCII = 0x7F
_LEVEL_1 = range(0xB0, 0xD8)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNPACK = ("unpack it", "请解压")
_OTHER_FORMATS = (
    (
        b"PK\x03\x04",
        ("a spreadsheet or a ZIP archive", "电子表格或 ZIP 压缩包"),
        ('unpack it, or set kind = "xlsx"', '请解压，或写 kind = "xlsx"'),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        ("an old or encrypted Excel workbook", "旧版或加密的 Excel 工作簿"),
        ('set kind = "xlsx"; remove its password if it has one', '请写 kind = "xlsx"；若有密码请去掉'),
    ),
    (b"PAR1", ("a Parquet file", "Parquet 文件"), ('set kind = "parquet"', '请写 kind = "parquet"')),
    (b"%PDF", ("a PDF document", "PDF 文档"), ("export CSV or XLSX instead", "请改为导出 CSV 或 XLSX")),
    (b"Rar!", ("a RAR archive", "RAR 压缩包"), _UNPACK),
    (b"7z\xbc\xaf", ("a 7z archive", "7z 压缩包"), _UNPACK),
)
# (the encoding it was written back in, the encoding it had been in)
_TWICE = (("latin-1", "utf-8"), ("cp1252", "utf-8"), ("gb18030", "utf-8"), ("latin-1", "gb18030"))

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` as Python calls it; `how` it was decided, in English and Chinese; `lost` characters (U+FFFD) seen."""

    name: str
    how: str
    how_zh: str
    lost: int = 0


@dataclass(frozen=True, slots=True)
class _Sample:
    head: bytes
    tail: bytes
    whole: bool


def decide_encoding(opener: Opener, wanted: str, place: str, section: str) -> Encoding:
    """The encoding of a text file; `wanted` is "auto" or a name of Python's.

    Raises SourceError with the line when no candidate fits, and when what fits is not plausible text.
    """
    sample = _sample(opener)
    _refuse_other_formats(sample.head, place)
    if wanted.lower() != "auto":
        return _stated(sample, wanted, place, section)
    for mark, name in _MARKS:
        if sample.head.startswith(mark):
            how = (f"its byte-order mark says {name}", f"字节顺序标记表明是 {name}")
            return _judged(sample, Encoding(name, *how), place, section)
    _refuse_nul(sample.head, place)
    if (wide := _wide(sample.head)) is not None:
        how = ("every second byte is zero", "每隔一个字节为零")
        return _judged(sample, Encoding(wide, *how), place, section)
    if (failure := _failure(sample, "utf-8")) is None:
        return _judged(sample, _utf8(sample), place, section)
    if _valid_share(sample.head) > _MOSTLY_VALID:
        raise _broken_utf8(sample, failure, place)
    if (elsewhere := _failure(sample, "gb18030")) is not None:
        raise SourceError(
            (
                f"{place} is not text: line {failure} is not UTF-8, line {elsewhere} is not GB18030",
                f"{place} 不是文本：第 {failure} 行不是 UTF-8，第 {elsewhere} 行不是 GB18030",
            ),
            (
                f"export the file again, or name its encoding in [{section}]",
                f"请重新导出该文件，或在 [{section}] 中写明其编码",
            ),
        )
    extent = "" if sample.whole else ", the first 16 MB of it looked at"
    extent_zh = "" if sample.whole else "（检查了前 16 MB）"
    how = (
        f"line {failure} is not UTF-8, all is GB18030{extent}",
        f"第 {failure} 行不是 UTF-8，全部是 GB18030{extent_zh}",
    )
    return _judged(sample, Encoding("gb18030", *how), place, section)


def first_bad_line(opener: Opener, encoding: str) -> int | None:
    """The first line, from 1, that is not text in `encoding`; the whole file is read."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with opener() as stream:
        while True:
            chunk = stream.read(_TAIL_BYTES)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # `object` starts with what the decoder still held of the chunk before, never a line end.
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return None
            line += text.count("\n")


def _sample(opener: Opener) -> _Sample:
    with opener() as stream:
        head = stream.read(_HEAD_BYTES)
        more = stream.read(1)
        if not more:
            return _Sample(head, b"", whole=True)
        tail = b""
        with suppress(OSError, ValueError):  # a compressed stream has no end to jump to
            stream.seek(-_TAIL_BYTES, 2)
            tail = stream.read().partition(b"\n")[2]
    return _Sample(head[: head.rfind(b"\n") + 1] or head, tail, whole=False)


def _failure(sample: _Sample, encoding: str) -> int | None:
    for part in (sample.head, sample.tail):
        try:
            part.decode(encoding)
        except UnicodeDecodeError as error:
            return part[: error.start].count(b"\n") + 1
    return None


def _stated(sample: _Sample, wanted: str, place: str, section: str) -> Encoding:
    try:
        codecs.lookup(wanted)
    except LookupError:
        raise SourceError(
            (f"{section}: '{wanted}' is not an encoding", f"{section}：'{wanted}' 不是编码"),
            (
                'write encoding = "auto", "utf-8", "gb18030" or "utf-16"',
                '请写 encoding = "auto"、"utf-8"、"gb18030" 或 "utf-16"',
            ),
        ) from None
    stated = Encoding(wanted, "the settings say so", "由设置指定")
    if (line := _failure(sample, wanted)) is not None:
        raise not_in(stated.name, place, section, line, _others(sample, wanted))
    return _judged(sample, stated, place, section)


def not_in(encoding: str, place: str, section: str, line: int | None, others: list[str]) -> SourceError:
    """The error for a file that is not text in the encoding it was taken to be in."""
    where = f" (line {line})" if line else ""
    guess = f'; it reads well as {others[0]}: set encoding = "{others[0]}"' if others else ""
    where_zh = f"（第 {line} 行）" if line else ""
    guess_zh = f'；按 {others[0]} 可以正常读取：请写 encoding = "{others[0]}"' if others else ""
    return SourceError(
        (f"{place} is not text in {encoding}{where}{guess}", f"{place} 不是 {encoding} 编码的文本{where_zh}{guess_zh}"),
        (f"correct encoding in [{section}] of promocal.toml", f"请修正 promocal.toml 中 [{section}] 的 encoding"),
    )


def other_encodings(opener: Opener, encoding: str) -> list[str]:
    """Likely encodings, other than `encoding`, that the start of the file is text in."""
    return _others(_sample(opener), encoding)


def _others(sample: _Sample, encoding: str) -> list[str]:
    candidates = [name for name in ("utf-8", "gb18030", "utf-16") if name != encoding.lower()]
    return [name for name in candidates if _failure(sample, name) is None and _text(sample, name)]


def _text(sample: _Sample, name: str) -> bool:
    text = sample.head.decode(name)
    return not _read_twice(text) and (name == "utf-8" or _common(text) >= _LIKELY)


def _utf8(sample: _Sample) -> Encoding:
    if sample.head.isascii() and sample.tail.isascii():
        return Encoding("utf-8", "plain ASCII", "纯 ASCII")
    if sample.whole:
        return Encoding("utf-8", "all of it is valid UTF-8", "全部是有效的 UTF-8")
    return Encoding("utf-8", "the first 16 MB and the last are valid UTF-8", "前 16 MB 与结尾是有效的 UTF-8")


def _judged(sample: _Sample, found: Encoding, place: str, section: str) -> Encoding:
    """The encoding, after a look at what the text says in it."""
    try:
        text = sample.head.decode(found.name)
    except UnicodeDecodeError as error:
        # A marked file can only end early: its start was told by the mark.
        line = sample.head[: error.start].count(b"\n") + 1
        raise SourceError(
            (
                f"{place} is not text in {found.name}: line {line} cannot be decoded",
                f"{place} 不是 {found.name} 编码的文本：第 {line} 行无法解码",
            ),
            (
                "the file may be half written or half copied: export or copy it again",
                "文件可能没有写完或没有复制完：请重新导出或复制",
            ),
        ) from None
    _refuse_nul_text(text, place)
    if (meant := _read_twice(text)) is not None:
        written, was = meant
        raise SourceError(
            (
                f"{place} holds garbled text: it was read as {written} once, though it was {was}",
                f"{place} 中是乱码：曾被当作 {written} 读取，而原为 {was}",
            ),
            (
                f'export the file again, or set encoding = "{was}" if the settings say {written}',
                f'请重新导出该文件；若设置写的是 {written}，请改为 encoding = "{was}"',
            ),
        )
    if found.name.lower() not in {"utf-8", "utf-8-sig"} and _common(text) < _LIKELY:
        raise SourceError(
            (
                f"{place} decodes as {found.name}, but not to text anybody writes",
                f"{place} 可按 {found.name} 解码，但内容不像任何人写的文字",
            ),
            (
                f"find out which program wrote the file and name its encoding in [{section}]",
                f"请查明由哪个程序写出，并在 [{section}] 中写明其编码",
            ),
        )
    lost = text.count("\ufffd") + text.count("锟斤拷")
    return Encoding(found.name, found.how, found.how_zh, lost)


def _common(text: str) -> float:
    """Share of everyday characters among those beyond ASCII: level 1 of GB 2312, marks, wide forms."""
    beyond = [c for c in text[: _LOOKED_AT * 20] if ord(c) > _ASCII and c != "\ufeff"][:_LOOKED_AT]
    return sum(map(_everyday, beyond)) / len(beyond) if beyond else 1.0


def _everyday(character: str) -> bool:
    if "\u3000" <= character <= "\u3020" or "\uff01" <= character <= "\uffe5" or "\u2010" <= character <= "\u2030":
        return True
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    # Rows 0xB0 to 0xD7 hold the 3,755 characters of level 1.
    return lead in _LEVEL_1


def _read_twice(text: str) -> tuple[str, str] | None:
    """(wrong encoding, right one) when turning the text back once gives everyday text."""
    start = text[:_LOOKED_AT]
    usual = _common(start)
    if start.isascii() or usual >= _CERTAIN:
        return None
    for written, meant in _TWICE:
        back = _bytes(start, written).decode(meant, "ignore")
        beyond = sum(ord(c) > _ASCII for c in back)
        better = _common(back) >= max(_LIKELY, usual + _CLEARLY)
        if beyond and better and beyond * 6 >= sum(ord(c) > _ASCII for c in start):
            return written, meant
    return None


def _bytes(text: str, encoding: str) -> bytes:
    return b"".join(_one(character, encoding) for character in text)


def _one(character: str, encoding: str) -> bytes:
    for name in (encoding, "latin-1"):
        with suppress(UnicodeEncodeError):
            return character.encode(name)
    return b"\xff"


def _valid_share(data: bytes) -> float:
    """Of the characters beyond ASCII, the share that is valid UTF-8."""
    text = data[:_TAIL_BYTES].decode("utf-8", "replace")
    beyond = sum(ord(c) > _ASCII for c in text)
    return 1 - text.count("\ufffd") / beyond if beyond else 0.0


def _wide(data: bytes) -> str | None:
    start = data[:4096]
    if not start or b"\0" not in start:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def _broken_utf8(sample: _Sample, line: int, place: str) -> SourceError:
    last = sample.head.count(b"\n") + 1
    if sample.whole and line >= last:
        return SourceError(
            (
                f"{place} ends in the middle of a character (line {line}, UTF-8): it was not written to its end",
                f"{place} 在字符中间结束（第 {line} 行，UTF-8）：文件没有写完",
            ),
            ("export or copy the file again", "请重新导出或复制该文件"),
        )
    return SourceError(
        (f"{place} is UTF-8 with a broken character in line {line}", f"{place} 为 UTF-8，但第 {line} 行有损坏的字符"),
        (
            "mend that line or export the file again; two files in different encodings must not be joined",
            "请修正该行或重新导出；不同编码的两个文件不能直接拼接",
        ),
    )


def _refuse_other_formats(head: bytes, place: str) -> None:
    for magic, what, remedy in _OTHER_FORMATS:
        if head.startswith(magic):
            raise SourceError(
                (f"{place} is no text file but {what[0]}", f"{place} 不是文本文件，而是{what[1]}"), remedy
            )
    if head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[{", b'{"', b"[\n", b"[\r\n", b"{\n", b"{\r\n")):
        raise SourceError(
            (f"{place} is no text file but JSON", f"{place} 不是文本表格，而是 JSON"),
            ("export CSV or XLSX instead", "请改为导出 CSV 或 XLSX"),
        )
    if head[:512].lstrip().lower().startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        raise SourceError(
            (f"{place} is a web page, not an export", f"{place} 是网页，不是导出文件"),
            ("open it in a spreadsheet and save it as XLSX", "请用电子表格软件打开并另存为 XLSX"),
        )


def _refuse_nul(head: bytes, place: str) -> None:
    zeros = head.count(0)
    start = head[:4096]
    # UTF-16 has a zero in half of the bytes of any ASCII text, always on the same side; one zero is none of it.
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if zeros and (max(even, odd) * _FEW < len(start) or min(even, odd) * 4 > max(even, odd)):
        raise _nul(head[: head.index(0)].count(b"\n") + 1, place)


def _refuse_nul_text(text: str, place: str) -> None:
    if "\0" in text:
        raise _nul(text[: text.index("\0")].count("\n") + 1, place)


def _nul(line: int, place: str) -> SourceError:
    return SourceError(
        (
            f"{place} has zero bytes in line {line}: it was not written to its end, or is no text",
            f"{place} 第 {line} 行有零字节：文件没有写完，或不是文本",
        ),
        ("export or copy the file again", "请重新导出或复制该文件"),
    )

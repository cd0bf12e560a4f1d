"""Files that cannot be read, or must not be: nothing is loaded, the message says where and what to do."""

from __future__ import annotations

import gzip
import io
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from warehouse.sources.registry import SOURCES

Export = Callable[..., str]


def utf8(text: str) -> bytes:
    return text.encode()


def gbk(text: str) -> bytes:
    return text.encode("gb18030")


def workbook(text: str, sheet: str = "Sheet1") -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = sheet
    for row in text.splitlines():
        page.append(row.split(","))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def broken_in_the_middle(text: str) -> bytes:
    data = bytearray(text.encode())
    data[data.index("会员7,".encode()) + 1] = 0xFF
    return bytes(data)


# name, bytes of the export, how the source is set, file name, what is said, the remedy
TEXT: list[tuple[str, Callable[[str], bytes], dict[str, Any], str, str, str]] = [
    ("gbk-read-as-utf8", gbk, {"encoding": "utf-8"}, "", "not text in utf-8 (line 1)", 'set encoding = "gb18030"'),
    ("utf8-read-as-gbk", utf8, {"encoding": "gb18030"}, "", "orders.csv", 'encoding = "utf-8"'),
    ("utf16-read-as-utf8", lambda t: t.encode("utf-16"), {"encoding": "utf-8"}, "", "not text in utf-8", "utf-16"),
    ("utf16-cut", lambda t: t.encode("utf-16")[:-1], {}, "", "line 301 cannot be decoded", "half written"),
    ("gbk-read-as-latin1", gbk, {"encoding": "latin-1"}, "", "garbled text", "gb18030"),
    ("mojibake-latin1", lambda t: t.encode().decode("latin-1").encode(), {}, "", "garbled text", "export the file"),
    ("mojibake-cp1252", lambda t: t.encode("gb18030").decode("latin-1").encode(), {}, "", "garbled text", "gb18030"),
    (
        "mojibake-gbk",
        lambda t: t.encode().decode("gb18030", "replace").encode(),
        {},
        "",
        "read as gb18030 once, though it was utf-8",
        "export the file again",
    ),
    (
        "cut-inside-a-character",
        lambda t: t.encode()[: t.encode().rindex("会".encode()) + 1],
        {},
        "",
        "ends in the middle of a character",
        "export or copy the file again",
    ),
    (
        "gbk-cut-inside-a-character",
        lambda t: gbk(t)[: gbk(t).rindex(gbk("会")) + 1],
        {},
        "",
        "is not GB18030",
        "export the file again",
    ),
    ("a-bad-byte", broken_in_the_middle, {}, "", "UTF-8 with a broken character in line 9", "mend that line"),
    (
        "two-encodings-joined",
        lambda t: utf8(t) + gbk(t)[-60:],
        {},
        "",
        "broken character in line",
        "must not be joined",
    ),
    ("zero-bytes", lambda t: utf8(t)[:5000] + bytes(512), {}, "", "has zero bytes in line", "copy the file again"),
    ("gzip-half", lambda t: gzip.compress(utf8(t))[:900], {"path": "o.csv.gz"}, "o.csv.gz", "breaks off", "copy the"),
    (
        "gzip-damaged",
        lambda t: gzip.compress(utf8(t))[:-8] + b"12345678",
        {"path": "o.csv.gz"},
        "o.csv.gz",
        "gzip file that breaks off or is damaged",
        "export or copy the file again",
    ),
    (
        "quote-never-closed",
        lambda t: utf8(t.replace("会员7,", '"会员7,', 1)),
        {},
        "",
        "a quotation mark opened in row 9 is never closed",
        "double or remove the quotation mark",
    ),
    ("empty", lambda _: b"", {}, "", "orders.csv is empty", "an export without rows still has its header"),
    ("blank", lambda _: b"\r\n  \r\n", {}, "", "orders.csv is empty", "still has its header"),
    ("header-missing", lambda t: utf8(t.partition("\n")[2]), {}, "", "has no column '订单编号'", "the header is: 2026"),
    ("header-renamed", lambda t: utf8(t.replace("总金额", "总金额(元)x", 1)), {}, "", "S101", 'amount = "总金额(元)x"'),
    ("header-twice", lambda t: utf8(t.replace("退款金额", "总金额", 1)), {}, "", "S102", "rename all but one"),
    ("wrong-delimiter", utf8, {"delimiter": ";"}, "", "has no column '订单编号'", "is the delimiter right?"),
    ("workbook-cut", lambda t: workbook(t)[:3000], {"path": "o.xlsx"}, "o.xlsx", "o.xlsx", "half written or damaged"),
    ("workbook-is-a-page", lambda _: b"<html><table>", {"path": "o.xls"}, "o.xls", "web page named", "save it as XLSX"),
    ("workbook-is-text", utf8, {"path": "o.xlsx"}, "o.xlsx", "is no workbook", 'kind = "csv"'),
    ("text-is-a-workbook", workbook, {}, "", "no text file but a spreadsheet", 'kind = "xlsx"'),
    ("text-is-a-page", lambda _: b"<html>login</html>", {}, "", "is a web page", "save it as XLSX"),
    ("wrong-sheet", workbook, {"path": "o.xlsx", "sheet": "订单"}, "o.xlsx", "has no sheet '订单'", "correct sheet"),
    ("no-parquet", utf8, {"path": "o.parquet"}, "o.parquet", "cannot be read as Parquet", "correct kind"),
]


@pytest.mark.parametrize("case", TEXT, ids=[case[0] for case in TEXT])
def test_a_file_that_cannot_be_read(trial: Any, whole: Export, case: Any) -> None:
    _, content, spec, name, says, remedy = case
    trial.replace(content(whole()), name or "orders.csv")
    trial.point(**spec)
    outcome = trial.refresh()
    assert outcome.error is not None
    assert says in outcome.said
    assert remedy in outcome.said


def test_a_file_that_grows_while_it_is_read(trial: Any, whole: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    path = trial.replace(whole(good=40))  # other than what is known already, or it would not be read
    kind = SOURCES["csv"]

    def slowly(request: Any) -> Any:
        done = kind.open(request)
        with path.open("a", encoding="utf-8") as stream:
            stream.write("2026,会员1,")
        return done

    monkeypatch.setitem(SOURCES._things, "csv", replace(kind, open=slowly))
    outcome = trial.refresh()
    assert "orders.csv changed while it was read" in outcome.said
    assert "moved into place when they are done" in outcome.said


def test_a_file_rewritten_at_the_same_size(trial: Any, whole: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    path = trial.replace(whole(good=40))  # other than what is known already, or it would not be read
    kind = SOURCES["csv"]

    def touched(request: Any) -> Any:
        done = kind.open(request)
        os.utime(path, (time.time() + 9, time.time() + 9))
        return done

    monkeypatch.setitem(SOURCES._things, "csv", replace(kind, open=touched))
    assert "changed while it was read" in trial.refresh().said


def test_a_workbook_with_a_password(trial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import python_calamine

    def refused(_: str) -> None:
        raise python_calamine.PasswordError("encrypted")

    trial.replace(b"\xd0\xcf\x11\xe0", "o.xlsx")
    trial.point(path="o.xlsx")
    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_path", refused, raising=False)
    outcome = trial.refresh()
    assert "o.xlsx" in outcome.said
    assert "password" in outcome.said


def test_nobody_may_read_the_file(trial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read anything, so the refusal is put in the way of opening.
    opened = Path.open

    def refuse(path: Path, *arguments: Any, **named: Any) -> Any:
        if path.name == "orders.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    with monkeypatch.context():
        error = None
        try:
            trial.build()
        except Exception as caught:  # noqa: BLE001
            error = caught
    monkeypatch.undo()
    assert "orders.csv cannot be read: Permission denied" in str(error)
    assert trial._published() == trial._before


@pytest.mark.parametrize(
    ("prepare", "spec", "says"),
    [
        (lambda base: (base / "o").mkdir(), {"path": "o"}, "the folder 'o' holds no file of a known kind"),
        (lambda base: (base / "o.csv").symlink_to("o.csv"), {"path": "o.csv"}, "leads nowhere or in a circle"),
        (lambda base: (base / "o.csv").symlink_to("gone.csv"), {"path": "o.csv"}, "leads nowhere or in a circle"),
        (lambda _: None, {"path": "missing/*.csv"}, "no file matches 'missing/*.csv'"),
        (lambda base: (base / "o.dat").write_text("x"), {"path": "o.dat"}, "o.dat is of no known kind"),
        (lambda _: None, {"mapping": "taobao-order"}, "there is no map 'taobao-order'"),
    ],
    ids=["an-empty-folder", "a-circle-of-links", "a-dead-link", "nothing-there", "unknown-kind", "unknown-map"],
)
def test_a_place_that_leads_nowhere(trial: Any, prepare: Any, spec: dict[str, Any], says: str) -> None:
    prepare(trial.base)
    trial.point(**spec)
    outcome = trial.refresh()
    assert outcome.error is not None
    assert says in outcome.said

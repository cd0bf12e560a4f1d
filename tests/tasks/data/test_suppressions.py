from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import SourceError
from tasks.data.refusal_rows import channels_of, plain_id
from tasks.data.suppressions import SuppressionImport, import_suppressions
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Suppression

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
CHANNELS = {"sms": "sms", "push": "push", "night-sms": "sms", "letter": "other"}


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def take(ledger: MemoryLedger, folder: Path, content: str | bytes, name: str = "r.csv") -> SuppressionImport:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = import_suppressions(ledger, path, T0, place=name, channels=CHANNELS)
    assert done.rows == done.new + done.known + sum(problem.code == "S602" for problem in done.problems)
    assert all(problem.text("zh") != problem.message and problem.remedy("zh") for problem in done.problems)
    return done


def held(ledger: MemoryLedger) -> dict[str, str | None]:
    return {row.member_id: row.channel for row in ledger.suppression_rows()}


def test_good_rows_are_taken_and_bad_ones_are_located(ledger: MemoryLedger, tmp_path: Path) -> None:
    text = (
        "\ufeffmember_id,channel,reason\r\n"
        "m1,sms,回复R\r\n"
        "m2,,complained\r\n"
        ",sms,who?\r\n"
        "\r\n"
        'm3,sms,"two\nlines"\r\n'
        "m4,pigeon,no\r\n"
        "m5,sms\r\n"
        "m6,sms,\r\n"
        "m1,sms,again\r\n"
    )
    done = take(ledger, tmp_path, text)
    assert list(ledger.suppression_rows()) == [
        Suppression("m1", "sms", "回复R", T0),
        Suppression("m2", None, "complained", T0),
        Suppression("m3", "sms", "two\nlines", T0),
        Suppression("m6", "sms", "not stated", T0),
    ]
    assert (done.rows, done.new, done.known, done.understood) == (8, 4, 1, False)
    assert [(p.code, str(p.location), p.message) for p in done.problems] == [
        ("S602", "r.csv:4:1", "the row names nobody"),
        ("S602", "r.csv:8:1", "there is no channel 'pigeon'"),
        ("S602", "r.csv:9:1", "2 cells under 3 columns"),
    ]


def test_channel_and_reason_may_be_absent(ledger: MemoryLedger, tmp_path: Path) -> None:
    assert take(ledger, tmp_path, "会员号\nm1\n").understood
    assert ledger.suppressed("any", ["m1"]) == {"m1"}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "the list is empty"),
        ("name,channel", "the header names nobody"),
        ("member_id,会员号", "the column member_id twice"),
        ("member_id,chanel,reason", "did you mean channel?"),
        ("13900000102", "the header names nobody"),
    ],
)
def test_a_wrong_header_takes_nothing(ledger: MemoryLedger, tmp_path: Path, header: str, words: str) -> None:
    done = take(ledger, tmp_path, f"{header}\nm1,R,x\n" if header else "")
    assert [(p.code, p.location.line) for p in done.problems] == [("S601", 1)]
    assert words in done.problems[0].message
    assert held(ledger) == {}


def test_a_column_nobody_reads_is_named(ledger: MemoryLedger, tmp_path: Path) -> None:
    done = take(ledger, tmp_path, "member_id,门店\nm1,徐汇\n")
    assert [(p.code, p.severity) for p in done.problems] == [("S604", "warning")]
    assert "门店" in done.problems[0].message
    assert held(ledger) == {"m1": None}


FOLLOWED = {
    "S601": ("name,reason\nm1,x\n", "name,", "member_id,"),
    "S601 a header mistyped": ("member_id,chanel\nm1,sms\n", "chanel", "channel"),
    "S602 a channel": ("member_id,channel\nm1,smss\n", "smss", "sms"),
    "S602 nobody": ("member_id,channel\n,sms\n", ",sms", "m1,sms"),
    "S604": ("member_id,手机号码x\nm1,13900000101\n", "手机号码x", "手机号"),
    "S606": ('member_id,reason\nm1,"x\n', '"x', '"x"'),
}
"""Code (and which of its ways) → a list, what stands there, and what somebody writes who follows the hint."""


@pytest.mark.parametrize("case", FOLLOWED)
def test_the_remedy_of_a_list_leads_on(ledger: MemoryLedger, tmp_path: Path, case: str) -> None:
    content, old, new = FOLLOWED[case]
    done = take(ledger, tmp_path, content)
    assert case[:4] in {problem.code for problem in done.problems}
    assert all(problem.hint and problem.hint_zh for problem in done.problems)
    again = take(ledger, tmp_path, content.replace(old, new))
    assert again.problems == ()
    assert set(held(ledger)) >= {"m1"}


OPEN = {
    "never closed": ('m1,,"unsubscribed\nm2,,complaint\nm3,,x\n', {"m1", "m2", "m3"}),
    "closed by the next one that is open": ('m1,,"unsub\nm2,,"complaint\nm3,,x\n', {"m1", "m2", "m3"}),
    "on the last line": ('m1,,x\nm2,,"y\n', {"m1", "m2"}),
    "before the id": ('"m1,,x\nm2,,y\n', {"m1", "m2"}),
}


@pytest.mark.parametrize("case", OPEN)
def test_an_open_quotation_mark_swallows_no_line(ledger: MemoryLedger, tmp_path: Path, case: str) -> None:
    rows, members = OPEN[case]
    done = take(ledger, tmp_path, f"member_id,channel,reason\n{rows}")
    assert set(held(ledger)) == members
    assert "S606" in {problem.code for problem in done.problems}
    assert done.rows == rows.count("\n")


@pytest.mark.parametrize(
    ("row", "member", "reason"),
    [
        ('m1,,5" screen', "m1", '5" screen'),
        ('m1,,"say ""no"" now"', "m1", 'say "no" now'),
        ('"m1",,"a, b"', "m1", "a, b"),
        ('m1,,"three\nlines\nof text"', "m1", "three\nlines\nof text"),
        ('""m1"",,x', "m1", "x"),
        ("m1,,x,,", "m1", "x"),
    ],
)
def test_quotation_marks_that_mean_something(
    ledger: MemoryLedger, tmp_path: Path, row: str, member: str, reason: str
) -> None:
    assert take(ledger, tmp_path, f"member_id,channel,reason\n{row}\n").understood
    assert [(found.member_id, found.reason) for found in ledger.suppression_rows()] == [(member, reason)]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ('="0102"', "0102"),
        ("'0102", "0102"),
        ("\t0102 ", "0102"),
        ("\u3000\xa00102\ufeff", "0102"),
        ("202603081234567890", "202603081234567890"),
        ("#N/A", ""),
        ("NULL", ""),
        ("无", ""),
        ("合计", ""),
        ("  ", ""),
    ],
)
def test_ids_are_read_as_in_every_source(written: str, plain: str) -> None:
    assert plain_id(written) == plain


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_encoding_and_delimiter_of_sources_is_read(
    ledger: MemoryLedger, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = "会员号,渠道,原因\r\n甲一,短信,用户退订\r\n乙二,,投诉，要求不再联系\r\n".replace(",", delimiter)
    done = take(ledger, tmp_path, text.encode(encoding))
    assert [(r.member_id, r.channel, r.reason) for r in ledger.suppression_rows()] == [
        ("乙二", None, "投诉，要求不再联系"),
        ("甲一", "night-sms", "用户退订"),
        ("甲一", "sms", "用户退订"),
    ]
    assert done.read_as[0].startswith(encoding.removesuffix("-sig"))


def test_a_file_that_is_no_text_is_refused_with_a_remedy_that_exists(ledger: MemoryLedger, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        take(ledger, tmp_path, b"member_id\nm1\n" + bytes([0x81, 0xFF, 0x0A]) * 40)
    assert "--encoding" in (caught.value.remedy or "")


def test_workbooks_and_parquet_are_read(ledger: MemoryLedger, tmp_path: Path) -> None:
    import pyarrow as pa
    from openpyxl import Workbook
    from pyarrow import parquet

    book = Workbook()
    book.active.append(["本月拒收"])  # type: ignore[union-attr]
    book.active.append(["会员号", "渠道"])  # type: ignore[union-attr]
    book.active.append(["m1", "pigeon"])  # type: ignore[union-attr]
    book.active.append(["m2", "sms"])  # type: ignore[union-attr]
    book.save(tmp_path / "r.xlsx")
    done = import_suppressions(ledger, tmp_path / "r.xlsx", T0, place="r.xlsx", channels=CHANNELS)
    assert [(p.code, str(p.location)) for p in done.problems] == [("S602", "r.xlsx:3:1")]
    parquet.write_table(pa.table({"member_id": ["m3", None], "reason": ["x", None]}), tmp_path / "r.parquet")
    assert import_suppressions(ledger, tmp_path / "r.parquet", T0, channels=CHANNELS).new == 1
    assert held(ledger) == {"m2": "sms", "m3": None}


@pytest.mark.parametrize(
    ("word", "channels"),
    [
        ("sms", ("sms",)),
        ("SMS ", ("sms",)),
        ("ｓｍｓ", ("sms",)),
        ("短信", ("sms", "night-sms")),
        ("Night-SMS", ("night-sms",)),
        ("推送", ("push",)),
        ("letter", ("letter",)),
        ("", (None,)),
        ("全部", (None,)),
        ("ALL", (None,)),
    ],
)
def test_channels_are_known_by_name_kind_and_word(word: str, channels: tuple[str | None, ...]) -> None:
    assert channels_of(word, CHANNELS) == channels


@pytest.mark.parametrize("word", ["smss", "email", "電話"])
def test_a_channel_the_project_does_not_have_is_no_refusal_of_another(word: str) -> None:
    refused = channels_of(word, CHANNELS)
    assert not isinstance(refused, tuple)
    assert "sms" in refused.hint


def test_numbers_are_kept_as_digests_only(ledger: MemoryLedger, tmp_path: Path) -> None:
    rows = "+86 139-0000-0102,sms\n139****0103,sms\n139 0000 0102,sms\n"
    done = take(ledger, tmp_path, f"手机号,渠道\n{rows}")
    assert (done.new, done.known, [p.message for p in done.problems]) == (1, 1, ["13***03 is no telephone number"])
    assert held(ledger) == {"number#" + hashlib.sha256(b"13900000102").hexdigest(): "sms"}
    assert "13900000102" not in str(list(ledger.suppression_rows()))
    assert ledger.refuses_numbers()


def test_nothing_that_is_known_is_undone(ledger: MemoryLedger, tmp_path: Path) -> None:
    take(ledger, tmp_path, "member_id,reason\nm1,first\n")
    done = take(ledger, tmp_path, "member_id,reason\nm1,second\n")
    assert (done.new, done.known) == (0, 1)
    assert [row.reason for row in ledger.suppression_rows()] == ["first"]

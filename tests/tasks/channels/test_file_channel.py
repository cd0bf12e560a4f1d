from __future__ import annotations

import csv
import errno
import hashlib
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.messages.material import Attached
from tasks.channels.file import KIND, FileChannel
from tasks.channels.port import Batch, Message
from tasks.channels.registry import open_channel
from tasks.sheets import inert


def key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def message(number: int, text: str = "王小明，您好") -> Message:
    return Message(key(number), f"m{number}", text, "coupon_30", f"1381234{number:04}", "王小明")


def batch(*messages: Message, play: str = "recall") -> Batch:
    return Batch("c.burst.1", "c", "burst", play, "sms", messages)


def folder(outbox: Path) -> Path:
    return outbox / "c.burst.1" / "sms"


def files(outbox: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder(outbox).iterdir())}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def manifest(outbox: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder(outbox) / "manifest.json").read_text("utf-8"))
    return found


def test_a_batch_becomes_one_file_that_excel_can_open(tmp_path: Path) -> None:
    channel = FileChannel("sms", tmp_path, masked=False)
    outcomes = channel.send(batch(message(1), message(2, 'a "quoted", two\nlines')))
    assert [(o.status, o.receipt) for o in outcomes] == [("sent", "recall.csv")] * 2
    path = folder(tmp_path) / "recall.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfintent_key,member_id")
    assert [row["text"] for row in rows(path)] == ["王小明，您好", 'a "quoted", two\nlines']
    assert rows(path)[0] == {
        "intent_key": key(1),
        "member_id": "m1",
        "name": "王小明",
        "address": "13812340001",
        "benefit": "coupon_30",
        "text": "王小明，您好",
    }


def test_personal_data_is_masked_unless_asked_for(tmp_path: Path) -> None:
    FileChannel("sms", tmp_path).send(batch(message(1, "王小明 13812340001 您好")))
    [row] = rows(folder(tmp_path) / "recall.csv")
    assert (row["name"], row["address"], row["text"]) == ("王**", "138****0001", "王** 138****0001 您好")
    assert manifest(tmp_path)["masked"] is True
    for content in files(tmp_path).values():
        assert "王小明".encode() not in content
        assert b"13812340001" not in content


def test_the_manifest_describes_every_file(tmp_path: Path) -> None:
    channel = FileChannel("sms", tmp_path, masked=False)
    channel.send(batch(message(1, "two\nlines"), message(2)))
    channel.send(batch(message(3), play="welcome"))
    described = manifest(tmp_path)
    assert [(entry["file"], entry["rows"]) for entry in described["files"]] == [("recall.csv", 2), ("welcome.csv", 1)]
    assert described["columns"] == list(rows(folder(tmp_path) / "recall.csv")[0])
    for entry in described["files"]:
        assert entry["sha256"] == hashlib.sha256((folder(tmp_path) / entry["file"]).read_bytes()).hexdigest()


def test_sending_again_changes_no_byte(tmp_path: Path) -> None:
    first = FileChannel("sms", tmp_path).send(batch(message(1), message(2)))
    before = files(tmp_path)
    assert FileChannel("sms", tmp_path).send(batch(message(1), message(2))) == first
    assert files(tmp_path) == before


def test_a_later_batch_hands_over_only_what_is_new(tmp_path: Path) -> None:
    channel = FileChannel("sms", tmp_path)
    channel.send(batch(message(1), message(2)))
    before = files(tmp_path)["recall.csv"]
    outcomes = channel.send(batch(message(2), message(3)))
    assert [o.receipt for o in outcomes] == ["recall.csv", "recall.2.csv"]
    assert files(tmp_path)["recall.csv"] == before, "somebody may have taken it already"
    assert [row["member_id"] for row in rows(folder(tmp_path) / "recall.2.csv")] == ["m3"]


def test_a_play_whose_name_begins_like_another_one_is_another_play(tmp_path: Path) -> None:
    channel = FileChannel("sms", tmp_path)
    channel.send(batch(message(1), play="recall-2"))
    assert channel.send(batch(message(1), play="recall"))[0].receipt == "recall.csv"


@pytest.mark.parametrize("broken", ["link", "manifest"])
def test_a_crash_leaves_whole_files_and_the_next_send_mends_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    channel = FileChannel("sms", tmp_path)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", crash) if broken == "link" else monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        channel.send(batch(message(1), message(2)))
    monkeypatch.undo()
    assert [o.status for o in channel.send(batch(message(1), message(2)))] == ["sent", "sent"]
    handed = [row["member_id"] for path in folder(tmp_path).glob("*.csv") for row in rows(path)]
    assert sorted(handed) == ["m1", "m2"]
    assert [entry["file"] for entry in manifest(tmp_path)["files"]] == ["recall.csv"]


def test_two_senders_never_overwrite_each_other(tmp_path: Path) -> None:
    start = threading.Barrier(4)

    def send(number: int) -> None:
        start.wait()
        FileChannel("sms", tmp_path).send(batch(message(number)))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handed = [row["member_id"] for path in folder(tmp_path).glob("*.csv") for row in rows(path)]
    assert sorted(handed) == ["m0", "m1", "m2", "m3"]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3"])
def test_a_name_cannot_become_a_formula(tmp_path: Path, name: str) -> None:
    given = Message(key(1), "m1", name, None, "+8613812340001", name)
    FileChannel("sms", tmp_path, masked=False).send(batch(given))
    [row] = rows(folder(tmp_path) / "recall.csv")
    assert (row["name"], row["text"], row["address"]) == ("'" + name, "'" + name, "+8613812340001")


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1+1",
        "－1+1",
        "＠SUM(A1)",
        "﹦1",
        "−1",
        " =1+1",
        "\u00a0=1",
        "\u3000＝1",
        "\u200b=1",
        "\ufeff=1",
        "\u202e=1",
        "\x00=1",
        "\x0b@x",
        " \u200b \t＋x",
        "=5",
        "@5",
        "+-5",
        "+１",
        "\tplain",
    ],
)
def test_no_spelling_of_a_formula_is_one(tmp_path: Path, cell: str) -> None:
    assert inert(cell) == "'" + cell
    told = Message(key(1), cell, cell, cell, cell, cell, (Attached(kind="link", title=cell),))
    FileChannel("sms", tmp_path, masked=False).send(batch(told))
    [row] = rows(folder(tmp_path) / "recall.csv")
    assert all(value.startswith("'") for name, value in row.items() if name != "intent_key")


@pytest.mark.parametrize("cell", ["", "+8613800000000", "-5", "王小明", "a=b", "1-2", " 空格", "—", "·", "100%"])
def test_plain_cells_stay_as_they_are(cell: str) -> None:
    assert inert(cell) == cell


def test_a_list_is_cut_to_what_its_import_takes(tmp_path: Path) -> None:
    channel = FileChannel("sms", tmp_path, rows=3)
    outcomes = channel.send(batch(*map(message, range(7))))
    assert [one.receipt for one in outcomes] == [f"recall{n}.csv" for n in ["", "", "", ".2", ".2", ".2", ".3"]]
    told = {entry["file"]: entry["rows"] for entry in manifest(tmp_path)["files"]}
    assert told == {"recall.csv": 3, "recall.2.csv": 3, "recall.3.csv": 1}
    before = files(tmp_path)
    assert [one.receipt for one in channel.send(batch(*map(message, range(7))))] == [one.receipt for one in outcomes]
    assert files(tmp_path) == before


def test_rows_are_those_of_the_profile_unless_said_otherwise(tmp_path: Path) -> None:
    def opened(name: str = "sms", **keys: Any) -> FileChannel:
        found = open_channel(KIND, name, keys, tmp_path, str)
        assert isinstance(found, FileChannel)
        return found

    assert opened().rows is None
    assert opened(profile="tencent").rows == 200
    assert opened(profile="wecom").rows == 10_000
    assert opened(profile="wecom", rows=5).rows == 5
    assert opened(profile="taobao_group").rows is None
    for wrong in ({"profile": "nobody"}, {"rows": 0}):
        with pytest.raises(UsageError):
            opened(**wrong)
    for name in ("../x", "a/b", "a\\b", "..", ".", "/etc", "a\0b", "~x"):
        with pytest.raises(UsageError):
            opened(name)


@pytest.mark.skipif(os.name != "posix", reason="folders are synced on POSIX only")
def test_files_and_their_folders_are_on_disk_before_a_job_counts_as_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    sync = os.fsync

    def remember(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").resolve().as_posix())
        sync(handle)

    monkeypatch.setattr(os, "fsync", remember)
    FileChannel("sms", tmp_path).send(batch(message(1)))
    last = folder(tmp_path).as_posix()
    assert synced[:3] == [last.rsplit("/", 1)[0], tmp_path.as_posix(), synced[2]]
    assert synced.count(last) == 2
    assert synced[-1] == last


def test_a_full_disk_leaves_no_half_a_list_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = FileChannel("sms", tmp_path)
    folder(tmp_path).mkdir(parents=True)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            channel.send(batch(message(1)))
    assert files(tmp_path) == {}
    assert [one.status for one in channel.send(batch(message(1)))] == ["sent"]

"""What a play says, as a digest: everything its members may read changes it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.calendars.checking import read_calendar
from tasks.deciding.wording import wordings

CALENDAR = """
calendar: words
store: corner
timezone: Asia/Shanghai
day_zero: 2026-03-06
links: {sale: "https://shop.cn/s"}
lists:
  best: {items: [{item: a1, title: Tea, link: "https://shop.cn/i"}]}
  other: {items: [{item: b1, title: Cup, link: "https://shop.cn/i"}]}
audiences: {everyone: {where: joined}}
phases:
  - id: burst
    kind: burst
    title: {en: Burst, zh: 引爆}
    window: {from: 2026-03-05, to: 2026-03-08}
    plays:
      - {id: timed, audience: everyone, channels: [sms], at: "D+0 10:00", message: messages/a.txt}
      - {id: answered, audience: everyone, channels: [sms], trigger: {event: join}, message: messages/b.txt}
"""
STORE = """
store: corner
tiers: {window: 365d, levels: [{id: normal}]}
channels: {sms: {kind: sms, consent: required, signature: Corner}}
"""


@pytest.fixture
def said(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Digests of the little calendar, with changes of its files."""

    def digests(**files: str) -> dict[str, str]:
        written = {"calendar": CALENDAR, "store": STORE, "a": "{{ play.title }} {{ link.sale }}", "b": "hello"} | files
        places = {"calendar": "calendars/words.yaml", "store": "stores/corner.yaml", "a": "messages/a.txt",
                  "b": "messages/b.txt"}  # fmt: skip
        for name, text in written.items():
            (tmp_path / places[name]).parent.mkdir(exist_ok=True)
            (tmp_path / places[name]).write_text(text, "utf-8")
        loaded, problems = read_calendar(tmp_path / places["calendar"])
        assert loaded is not None, [str(one) for one in problems]
        return dict(wordings(loaded, tmp_path))

    return digests


def test_plays_that_answer_events_have_their_words_too(said: Callable[..., dict[str, str]]) -> None:
    assert set(said()) == {"burst/timed", "burst/answered"}


@pytest.mark.parametrize(
    ("changed", "plays"),
    [
        ({"a": "other"}, {"burst/timed"}),
        ({"b": "other"}, {"burst/answered"}),
        ({"calendar": CALENDAR.replace("shop.cn/s", "shop.cn/t")}, {"burst/timed"}),
        ({"calendar": CALENDAR.replace("title: Cup", "title: Mug")}, set()),
        ({"calendar": CALENDAR.replace("en: Burst", "en: Bang")}, set()),
        ({"store": STORE.replace("signature: Corner", "signature: Corners")}, {"burst/timed", "burst/answered"}),
    ],
)
def test_only_plays_whose_members_read_something_else_change(
    said: Callable[..., dict[str, str]], changed: dict[str, str], plays: set[str]
) -> None:
    before, after = said(), said(**changed)
    assert {play for play, digest in after.items() if before[play] != digest} == plays

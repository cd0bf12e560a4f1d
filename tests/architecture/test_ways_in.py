"""One of each is added to a copy of the tree, used in a run, and the files it took are counted against docs/design.md.

Files of the product count, new ones and edited ones; tests and pages that are generated do not.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("campaign_calendars", "flows", "promocal", "tasks", "warehouse")

NEW: Mapping[str, Mapping[str, str]] = {
    "a check": {
        "campaign_calendars/checks/titles.py": '''
"""Rules of titles."""

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding


@rule("C990", "warning")
def burst_has_a_title(view: View) -> Iterator[Finding]:
    """A burst without a title.

    中文：爆发期没有标题。
    """
    for index, phase in enumerate(view.calendar.phases):
        if phase.kind == "burst" and not phase.title.get("en"):
            yield found(("phases", index), ("this burst has no title", "该爆发期没有标题"))
'''
    },
    "a channel": {
        "tasks/channels/spool.py": '''
"""One text file a message, for a program that watches a directory."""

from dataclasses import dataclass
from pathlib import Path

from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Outcome


class SpoolKeys(ChannelKeys):
    ending: str = ".txt"


@dataclass(frozen=True)
class SpoolChannel:
    name: str
    folder: Path
    ending: str
    honours_key = True
    needs_address = False
    batch_size = None

    def send(self, batch: Batch) -> list[Outcome]:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in batch.messages:
            (self.folder / f"{message.intent_key}{self.ending}").write_text(message.text, "utf-8")
        return [Outcome(message.intent_key, "sent") for message in batch.messages]


def _open(setup: ChannelSetup[SpoolKeys]) -> SpoolChannel:
    return SpoolChannel(setup.name, setup.outbox / setup.name, setup.keys.ending)


KIND = ChannelKind("spool", SpoolKeys, _open)
'''
    },
    "a kind of source": {
        "warehouse/sources/kinds/blocks.py": '''
"""Rows as `name: value` lines with a blank line between them."""

from warehouse.sources.port import FileKeys, FileKind, FileRequest, Opened, text_batches


class BlockKeys(FileKeys):
    sign: str = ":"


def _open(request: FileRequest[BlockKeys]) -> Opened:
    blocks = request.file.path.read_text("utf-8").split("\\n\\n")
    lines = [[line.split(request.keys.sign, 1) for line in block.splitlines()] for block in blocks]
    rows = [{name.strip(): value.strip() for name, value in block} for block in lines]
    header = list(dict.fromkeys(name for row in rows for name in row))
    return Opened(header, lambda cells: text_batches([[row.get(name) for name in header] for row in rows], cells))


KIND = FileKind("blocks", (".blocks",), BlockKeys, _open)
'''
    },
    "a kind of benefit": {
        "campaign_calendars/model/benefits/parking.py": '''
"""Parking."""

from typing import Annotated, Literal

from pydantic import Field

from campaign_calendars.model.benefits.base import BenefitBase


class Parking(BenefitBase):
    """停车券: hours of free parking."""

    kind: Literal["parking"]
    hours: Annotated[int, Field(ge=1, description="Hours that are free.")]

    def sentence(self, lang: str) -> str:
        return f"停车{self.hours}小时" if lang == "zh" else f"{self.hours} hours of parking"
'''
    },
}
PARKING_ZH = """\
    "停车券: hours of free parking.": "停车券：免费停车若干小时。",
    "Hours that are free.": "免费小时数。",
"""
EDITED: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "a kind of benefit": {
        "campaign_calendars/reference/zh_benefits.py": (
            "TEXTS: dict[str, str] = {\n",
            PARKING_ZH,
        )
    },
    "a member field": {
        "campaign_calendars/audiences/fields/behaviour.py": (
            '_BUYING = (\n    *group(\n        "before",\n        "A7",\n',
            '        Line("is_repeat_buyer", "bool", "复购会员", "Two orders or more.", "累计两单及以上。"),\n',
        ),
        "warehouse/models/features/member_features/query.sql": (
            "    orders_in_campaign + deposits_in_campaign > 0 as bought_in_campaign,\n",
            "    orders_total >= 2 as is_repeat_buyer,\n",
        ),
    },
}

STORE = "store: shop\ntiers: {window: 365d, levels: [{id: basic, spend: 0}]}\nchannels: {sms: {consent: implied}}\n"
CALENDAR = """
calendar: queens-day
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
holdout: {campaign: 0%, salt: queens-day}
audiences: {again: {where: is_repeat_buyer}}
benefits: {park: {kind: parking, hours: 3, unit_cost: 5.00}}
phases:
  - id: burst
    kind: burst
    window: {from: D-3 00:00, to: D+0 23:59:59}
    plays:
      - {id: thank, audience: again, benefits: [park], channels: [sms], at: D-1 10:00, message: messages/thank.txt}
"""
SETTINGS = """
[sources.members]
path = "members.blocks"
[sources.orders]
kind = "blocks"
path = "orders.rows"
sign = "="
[channels.sms]
kind = "spool"
ending = ".message"
"""
ORDERS = (("o1", "m1"), ("o2", "m1"), ("o3", "m2"))

USED = """
import json, sys
from datetime import datetime
from pathlib import Path
from campaign_calendars.checks import explain
from campaign_calendars.model.benefits import describe
from campaign_calendars.reference.pages import calendar_page, fields_page
from tasks.calendars.checking import read_calendar
from tasks.running.phase import run_if_due
from tasks.runtime import open_runtime

at = datetime.fromisoformat("2026-03-07T10:00+08:00")
loaded, problems = read_calendar(Path("calendars/queens-day.yaml"))
rt = open_runtime(Path(), clock=lambda: at)
run_if_due(rt, "queens-day", "burst", at)
rt.close()
print(json.dumps({
    "codes": [problem.code for problem in problems],
    "explained": explain("C990", "zh"),
    "benefit": describe(loaded.calendar.benefits["park"], "zh"),
    "pages": [
        word in calendar_page("zh") + fields_page("zh") for word in ("免费停车若干小时", "免费小时数", "复购会员")
    ],
    "sent": [path.read_text("utf-8") for path in Path("var/outbox/sms").glob("*.message")],
}))
"""


def touched(way: str) -> list[str]:
    return [*NEW.get(way, {}), *EDITED.get(way, {})]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product with one of each added."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in PRODUCT:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for files in NEW.values():
        for name, text in files.items():
            assert not (copy / name).exists()
            (copy / name).write_text(text.lstrip(), "utf-8")
    for edits in EDITED.values():
        for name, (anchor, addition) in edits.items():
            text = (copy / name).read_text("utf-8")
            assert anchor in text, name
            (copy / name).write_text(text.replace(anchor, anchor + addition, 1), "utf-8")
    return copy


def test_one_of_each_is_used_in_a_run(tree: Path, tmp_path: Path) -> None:
    for name, text in {
        "stores/shop.yaml": STORE,
        "calendars/queens-day.yaml": CALENDAR,
        "messages/thank.txt": "谢谢",
        "promocal.toml": SETTINGS,
        "members.blocks": "\n\n".join(f"member_id: m{n}\njoined_at: 2025-05-01" for n in range(4)),
        "orders.rows": "\n\n".join(
            f"order_id = {order}\nmember_id = {member}\nordered_at = 2026-02-01\npaid_at = 2026-02-01\namount = 9.90"
            for order, member in ORDERS
        ),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USED],
        cwd=tmp_path, env={"PYTHONPATH": str(tree), "PATH": ""},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "C990" in found["codes"]
    assert found["explained"].startswith("爆发期没有标题")
    assert found["benefit"] == "停车3小时"
    assert found["pages"] == [True, True, True]
    assert found["sent"] == ["谢谢"], "m1 alone bought twice"


def test_the_table_of_the_design_page_counts_the_same_files() -> None:
    page = (ROOT / "docs" / "design.md").read_text("utf-8")
    section = page.partition("## Where do I put …")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| (\d+) \|$", section, re.MULTILINE)
    assert rows
    said = {name: int(count) for name, _, count in rows}
    assert {way: said.get(way) for way in (*NEW, *EDITED)} == {way: len(touched(way)) for way in (*NEW, *EDITED)}
    for name, where, _ in rows:
        for path in re.findall(r"`([\w./]+/[\w./]*)`", where):
            assert (ROOT / path).exists(), f"{name}: {path}"

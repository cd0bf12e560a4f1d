"""Plug-ins as they are installed: distributions on the path with real metadata."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import PluginError
from campaign_calendars.registering.registry import Registry
from tasks import plugins
from tasks.channels.file import FileKeys
from tasks.channels.port import ChannelKind
from tasks.channels.registry import open_channels
from tasks.settings import Settings

GROUP = "promocal.channels"
KIND = """
from dataclasses import dataclass
from tasks.channels.file import FileChannel, FileKeys
from tasks.channels.port import ChannelKind

def opened(setup):
    return FileChannel(setup.name, setup.outbox / "of-the-plug-in")

KIND = ChannelKind("{name}", FileKeys, opened)
"""
Install = Callable[..., None]


def distribution(
    site: Path, distribution: str, module: str, code: str, *, group: str, name: str, value: str = ""
) -> None:
    """Lay an installed distribution with one module and its entry point into a directory of the path."""
    (site / f"{module}.py").write_text(code, "utf-8")
    info = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {value or module}\n", "utf-8")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution with one module and its entry points on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.forget()
    modules = set(sys.modules)

    def put(name_of_distribution: str, module: str, code: str, *, name: str) -> None:
        distribution(tmp_path, name_of_distribution, module, code, group=GROUP, name=name, value=f"{module}:KIND")

    yield put
    plugins.forget()
    for name in set(sys.modules) - modules:
        del sys.modules[name]


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> Registry[Any]:
    """A registry of its own, so that no test leaves a kind behind."""
    made: Registry[Any] = Registry(
        "channel kind", "tasks.channels", lambda t: t.name if isinstance(t, ChannelKind) else None, group=GROUP
    )
    monkeypatch.setattr("tasks.channels.registry.CHANNELS", made)
    return made


def settings(**channels: dict[str, Any]) -> Settings:
    return Settings(root=Path("/project"), channels=channels, environment={})


def test_a_kind_of_a_plug_in_is_opened_like_ours(install: Install, channels: Registry[Any]) -> None:
    install("promocal-spool", "spool_of_a_test", KIND.format(name="spool"), name="spool")
    opened = open_channels(settings(sms={"kind": "spool"}, group={"kind": "file"}))
    assert opened["sms"].outbox == Path("/project/var/outbox/of-the-plug-in")  # type: ignore[attr-defined]
    assert set(channels) >= {"file", "http", "spool"}


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("spool", "import nothing_of_that_name", ("cannot be used", "ModuleNotFoundError", "nothing_of_that_name")),
        ("spool", "1 / 0", ("cannot be used", "ZeroDivisionError")),
        ("spool", "", ("cannot be used", "AttributeError", "KIND")),
        ("spool", "KIND = 7", ("is no channel kind",)),
        ("spool", KIND.format(name="other"), ("calls itself 'other'",)),
        ("file", KIND.format(name="file"), ("two have the channel kind 'file'", "promocal and")),
    ],
    ids=["needs-another", "raises", "no-such-object", "another-sort", "another-name", "our-name"],
)
def test_a_plug_in_that_does_not_fit_is_named(
    install: Install, channels: Registry[Any], name: str, code: str, words: tuple[str, ...]
) -> None:
    install("promocal-spool", "spool_of_a_test", code, name=name)
    for _ in range(2):  # it stays an error: nothing is skipped the second time
        with pytest.raises(PluginError) as caught:
            open_channels(settings(sms={"kind": "file"}))
        assert all(word in caught.value.message for word in ("promocal-spool 1.2", *words)), caught.value.message
        assert "promocal-spool" in caught.value.remedy


def test_two_plug_ins_of_one_name_are_both_named(install: Install, channels: Registry[Any]) -> None:
    install("promocal-one", "one_of_a_test", KIND.format(name="spool"), name="spool")
    install("promocal-two", "two_of_a_test", KIND.format(name="spool"), name="spool")
    with pytest.raises(PluginError, match=r"'spool': promocal-one 1\.2 and promocal-two 1\.2"):
        open_channels(settings(sms={"kind": "file"}))


def test_what_we_declare_ourselves_needs_no_entry_point(channels: Registry[Any]) -> None:
    assert channels["file"].keys is FileKeys
    channels.add(channels["file"], origin="promocal")
    with pytest.raises(PluginError, match="two have the channel kind 'file'"):
        channels.add(ChannelKind("file", FileKeys, channels["file"].open), origin="somebody 1")


CHECK = """
from promocal.checks import found, rule

@rule("X101", "warning")
def burst_has_parking(view):
    '''A burst without parking.

    中文：爆发期没有停车券。
    '''
    for index, phase in enumerate(view.calendar.phases):
        if phase.kind == "burst":
            yield found(("phases", index), ("no parking", "没有停车券"))
"""
BENEFIT = """
from typing import Literal
from promocal.benefits import BenefitBase

class Parking(BenefitBase):
    kind: Literal["parking"]
    hours: int

    def sentence(self, lang):
        return f"停车{self.hours}小时" if lang == "zh" else f"{self.hours} hours of parking"
"""
CALENDAR = """
calendar: queens-day
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
holdout: {campaign: 5%, salt: queens-day}
audiences: {everyone: {where: joined}}
benefits: {park: {kind: parking, hours: HOURS, unit_cost: 5.00}}
phases:
  - id: burst
    kind: burst
    window: {from: D-3 00:00, to: D+0 23:59:59}
    plays:
      - {id: remind, audience: everyone, benefits: [park], channels: [sms], at: daily 10:00}
"""
STORE = "store: shop\ntiers: {window: 365d, levels: [{id: basic, spend: 0}]}\nchannels: {sms: {consent: implied}}\n"


def promocal(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(cwd / "site"), *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, "-m", "promocal", *arguments],
        cwd=cwd, env={**os.environ, "PROMOCAL_LANG": "en", "PYTHONPATH": paths},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_language_of_calendars_grows_by_plug_ins(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    distribution(
        tmp_path / "site", "promocal-parking", "parking_check_of_a_test", CHECK, group="promocal.checks", name="parking"
    )
    distribution(
        tmp_path / "site", "promocal-park", "park_of_a_test", BENEFIT, group="promocal.benefits", name="parking",
        value="park_of_a_test:Parking",
    )  # fmt: skip
    (tmp_path / "shop.yaml").write_text(STORE, "utf-8")
    (tmp_path / "c.yaml").write_text(CALENDAR.replace("HOURS", "3"), "utf-8")
    checked = promocal("check", "c.yaml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "X101" in checked.stdout
    assert "no parking" in checked.stdout
    (tmp_path / "c.yaml").write_text(CALENDAR.replace("HOURS", "many"), "utf-8")
    assert "hours" in promocal("check", "c.yaml", cwd=tmp_path).stdout
    assert promocal("explain", "X101", cwd=tmp_path).stdout.startswith("A burst without parking.")
    assert '"parking"' in promocal("schema", cwd=tmp_path).stdout


def test_a_check_whose_code_is_taken_names_its_distribution(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    code = CHECK.replace("X101", "C112")
    distribution(
        tmp_path / "site", "promocal-parking", "taken_of_a_test", code, group="promocal.checks", name="parking"
    )
    (tmp_path / "shop.yaml").write_text(STORE, "utf-8")
    (tmp_path / "c.yaml").write_text(CALENDAR, "utf-8")
    done = promocal("check", "c.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "promocal-parking 1.2 cannot be used: promocal.checks 'parking'" in done.stderr
    assert "C112 is taken" in done.stderr
    assert "Traceback" not in done.stderr

"""Plug-ins as they are installed: distributions on the path with real metadata."""

from __future__ import annotations

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


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution with one module and its entry points on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.forget()
    modules = set(sys.modules)

    def put(distribution: str, module: str, code: str, *, name: str) -> None:
        (tmp_path / f"{module}.py").write_text(code, "utf-8")
        info = tmp_path / f"{distribution.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}:KIND\n", "utf-8")

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

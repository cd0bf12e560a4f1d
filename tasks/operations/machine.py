"""Whether the machine and the project are well: versions, ledger, clocks, disk, rights, calendars, channels."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from campaign_calendars.findings.errors import ProblemsFoundError, PromocalError
from campaign_calendars.findings.said import Said
from campaign_calendars.values.scalars import format_duration
from tasks.channels.registry import open_channels
from tasks.operations.findings import Finding, found
from tasks.operations.runs_checks import runs_checks
from tasks.private import rights_problems
from tasks.runtime import Runtime

CLOCK_WARNING, CLOCK_ERROR = 5.0, 300.0
_FREE_ERROR, _FREE_WARNING = 500_000_000, 2_000_000_000
_PORTS = {"http": 80, "https": 443, "smtp": 25, "smtps": 465, "postgresql": 5432}
_CONNECT_SECONDS = 3.0
_SET_RIGHT: Said = (
    (
        "this clock went back, or another machine's was ahead: set it right (timedatectl set-ntp true). Nothing is sent"
        " twice for that; what was put off until a moment of that clock waits as much longer"
    ),
    (
        "本机时钟被调慢，或另一台机器的时钟偏快：请校准时钟（timedatectl set-ntp true）。"
        "不会因此重复发送；按那个时钟推迟的消息会相应多等一会儿"
    ),
)
_ADDRESSES = ("url", "endpoint", "host", "server", "base_url")


def machine(rt: Runtime, at_work: Collection[str] = ()) -> Iterator[Finding]:
    """Everything but the Prefect server, in the order a person would look; `at_work`: runs (id) that it is at."""
    yield from _versions()
    yield from _ledger(rt)
    yield from _disk(rt)
    yield from _rights(rt)
    yield from _snapshot(rt)
    yield from _calendars(rt)
    yield from runs_checks(rt, at_work)
    yield from _channels(rt)


def clocks(part: str, whose: tuple[str, str], ahead: float) -> Finding:
    """How far another machine's clock is from ours; schedules and leases live by both."""
    apart = abs(ahead)
    said = (f"the clock of {whose[0]} differs by {apart:.1f} s", f"{whose[1]}的时钟相差 {apart:.1f} 秒")
    if apart < CLOCK_WARNING:
        return found(part, "ok", said)
    remedy = (
        "let both machines keep time by NTP (timedatectl set-ntp true)",
        "请让两台机器都用 NTP 对时（timedatectl set-ntp true）",
    )
    return found(part, "error" if apart >= CLOCK_ERROR else "warning", said, remedy)


def _versions() -> Iterator[Finding]:
    from packaging.requirements import InvalidRequirement, Requirement

    wrong: list[tuple[str, str]] = []
    for line in metadata.requires("promocal") or ():
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            held = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            wrong.append((f"{wanted.name} is missing", f"缺少 {wanted.name}"))
            continue
        if not wanted.specifier.contains(held, prereleases=True):
            wrong.append(
                (
                    f"{wanted.name} is {held}, not {wanted.specifier}",
                    f"{wanted.name} 为 {held}，应为 {wanted.specifier}",
                )
            )
    python = ".".join(map(str, sys.version_info[:3]))
    us, prefect = metadata.version("promocal"), _version_of("prefect")
    if not wrong:
        said = (
            f"promocal {us}, Python {python}, Prefect {prefect}, DuckDB {_version_of('duckdb')}: as required",
            f"promocal {us}、Python {python}、Prefect {prefect}、DuckDB {_version_of('duckdb')}：符合要求",
        )
        yield found("versions", "ok", said)
        return
    yield found(
        "versions",
        "error",
        ("; ".join(each[0] for each in wrong), "；".join(each[1] for each in wrong)),
        ("install from requirements.lock: pip install --no-deps -r requirements.lock",
         "请按 requirements.lock 安装：pip install --no-deps -r requirements.lock"),
    )  # fmt: skip


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "–"


def _ledger(rt: Runtime) -> Iterator[Finding]:
    from warehouse.ledger.health import look_at

    before = rt.clock()
    try:
        health = look_at(rt.settings.ledger_url())
    except PromocalError as error:
        yield failure("ledger", error)
        return
    if health.damage:
        yield found(
            "ledger",
            "error",
            (f"the ledger is damaged: {health.damage}", f"台账已损坏：{health.damage}"),
            (
                "stop everything, then promocal restore the last backup",
                "请停止一切运行，然后用 promocal restore 恢复最近的备份",
            ),
        )
    elif health.version > health.newest:
        yield found(
            "ledger",
            "error",
            (f"the ledger is at version {health.version}, this release knows {health.newest}",
             f"台账为版本 {health.version}，本版本只认识 {health.newest}"),
            ("use the release that wrote it, or a newer one", "请使用写入它的版本，或更新的版本"),
        )  # fmt: skip
    else:
        more = "" if health.version in (0, health.newest) else f" → {health.newest}"
        said = (
            f"{health.database}, version {health.version}{more}, no damage found",
            f"{health.database}，版本 {health.version}{more}，未见损坏",
        )
        yield found("ledger", "ok", said)
    if health.clock is not None:
        ahead = (health.clock - before).total_seconds()
        yield clocks("clock", ("the ledger's database", "台账数据库"), ahead)
    if health.latest is not None and (ahead := (health.latest - before).total_seconds()) >= CLOCK_WARNING:
        yield _written_ahead(health.latest, ahead)


def _written_ahead(latest: datetime, ahead: float) -> Finding:
    """A clock went back, or that of another machine is ahead: nobody writes down what has not happened."""
    moment, apart = f"{latest:%Y-%m-%d %H:%M:%SZ}", format_duration(timedelta(seconds=round(ahead)))
    return found(
        "clock",
        "error" if ahead >= CLOCK_ERROR else "warning",
        (
            f"the ledger was written at {moment}, {apart} ahead of this machine's clock",
            f"台账最近一次写入于 {moment}，比本机时钟快 {apart}",
        ),
        _SET_RIGHT,
    )


def failure(part: str, error: PromocalError) -> Finding:
    """A failure as a finding."""
    return found(part, "error", error.said, error.remedy_said)


def _disk(rt: Runtime) -> Iterator[Finding]:
    place = _existing(rt.settings.state)
    free = shutil.disk_usage(place).free
    said = (f"{free / 1e9:,.1f} GB free at {place}", f"{place} 剩余 {free / 1e9:,.1f} GB")
    need = max(_FREE_WARNING, 2 * _largest(rt.warehouse_dir))
    if free >= need:
        yield found("disk", "ok", said)
        return
    remedy = (
        f"make room for {need / 1e9:,.1f} GB, or lower keep in [warehouse]; a refresh writes a whole snapshot",
        f"请腾出 {need / 1e9:,.1f} GB，或调低 [warehouse] 的 keep；刷新会写入完整快照",
    )
    yield found("disk", "error" if free < _FREE_ERROR else "warning", said, remedy)


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


def _largest(folder: Path) -> int:
    return max((file.stat().st_size for file in folder.glob("*.duckdb")), default=0)


def _rights(rt: Runtime) -> Iterator[Finding]:
    place = _existing(rt.settings.state)
    if not os.access(place, os.W_OK | os.X_OK):
        yield found(
            "rights",
            "error",
            (f"{place} cannot be written by this account", f"当前账号无法写入 {place}"),
            ("run promocal under the account that owns it, or chown it", "请用拥有该目录的账号运行，或修改其所有者"),
        )
        return
    open_to_all = rights_problems(rt.settings.state)
    for problem in open_to_all:
        yield found(
            "rights",
            "warning",
            (problem.text("en"), problem.text("zh")),
            (problem.remedy("en") or "", problem.remedy("zh") or ""),
        )
    if not open_to_all:
        yield found("rights", "ok", ("state is writable, and its owner's alone", "状态目录可写，且仅所有者可读"))


def _snapshot(rt: Runtime) -> Iterator[Finding]:
    try:
        held = rt.current_snapshot()
    except PromocalError as error:
        yield found("snapshot", "warning", error.said, error.remedy_said)
        return
    age = rt.clock() - held.as_of
    hours = age.total_seconds() / 3600
    if age < -timedelta(seconds=CLOCK_WARNING):
        yield found(
            "snapshot",
            "warning",
            (f"{held.snapshot_id} is of a moment to come, in {-hours:,.1f} hour(s)",
             f"{held.snapshot_id} 的时间还没到，在 {-hours:,.1f} 小时之后"),
            ("set the clock right, or promocal snapshots rollback", "请校准时钟，或使用 promocal snapshots rollback"),
        )  # fmt: skip
        return
    yield found(
        "snapshot",
        "ok",
        (f"{held.snapshot_id}, {hours:,.0f} hour(s) old", f"{held.snapshot_id}，{hours:,.0f} 小时前"),
    )


def _calendars(rt: Runtime) -> Iterator[Finding]:
    names = rt.calendar_ids()
    if not names:
        yield found(
            "calendars",
            "warning",
            ("the project has no calendar", "项目中没有日历"),
            ("promocal new . --from CALENDAR", "promocal new . --from 日历"),
        )
    well = 0
    for name in names:
        try:
            rt.load_calendar(name)
            well += 1
        except ProblemsFoundError:
            yield found(
                "calendars",
                "error",
                (f"{name} has errors and will not run", f"{name} 有错误，不会运行"),
                (f"promocal check {name}", f"promocal check {name}"),
            )
        except PromocalError as error:
            yield failure("calendars", error)
    if well:
        yield found("calendars", "ok", (f"{well} of {len(names)} can run", f"{len(names)} 个中有 {well} 个可运行"))


def _channels(rt: Runtime) -> Iterator[Finding]:
    try:
        opened = open_channels(rt.settings)
    except PromocalError as error:
        yield failure("channels", error)
        return
    places = {name: place for name in opened if (place := _place(rt.settings.channels[name]))}
    with ThreadPoolExecutor(max_workers=8) as pool:
        for (name, (host, port)), why in zip(places.items(), pool.map(_unreachable, places.values()), strict=True):
            if why:
                yield found(
                    "channels",
                    "error",
                    (f"{name}: {host}:{port} cannot be reached: {why}", f"{name}：无法连接 {host}:{port}：{why}"),
                    (f"check the address in [channels.{name}], the network and the firewall; messages wait meanwhile",
                     f"请检查 [channels.{name}] 的地址、网络与防火墙；消息会等待"),
                )  # fmt: skip
            else:
                yield found("channels", "ok", (f"{name}: {host}:{port} answers", f"{name}：{host}:{port} 可连接"))
    here = ", ".join(name for name in opened if name not in places)
    if here:
        yield found("channels", "ok", (f"{here}: nothing to reach", f"{here}：无需连接"))


def _place(table: Mapping[str, Any]) -> tuple[str, int] | None:
    """Host and port that a channel's settings name, whatever its kind; None where it only writes files."""
    for key in _ADDRESSES:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            continue
        try:
            parts = urlsplit(value if "://" in value else f"//{value}")
            port = parts.port or table.get("port") or _PORTS.get(parts.scheme or str(table.get("kind")), 443)
            return (parts.hostname, int(port)) if parts.hostname else None
        except ValueError:
            return None
    return None


def _unreachable(place: tuple[str, int]) -> str:
    try:
        with socket.create_connection(place, timeout=_CONNECT_SECONDS):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__

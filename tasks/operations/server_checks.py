"""Whether the Prefect server is well, judged by what it said: version, clock, scheduler, workers, deployments. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tasks.operations.findings import Finding, found
from tasks.operations.machine import clocks
from tasks.operations.server_state import ServerState

_STARTED: tuple[str, str] = (
    "start one: promocal serve, or prefect worker start --pool promocal",
    "启动一个：promocal serve，或 prefect worker start --pool promocal",
)


def server_checks(
    server: ServerState, calendars: Collection[str], project: str, prefect: str, alerts: Collection[str] = ()
) -> Iterator[Finding]:
    """`calendars`: those of the project in the directory `project`; `prefect`: the version installed here.

    `alerts`: the kinds that the server is to tell by itself.
    """
    if not server.answers:
        yield Finding(part="server", level="error", message=server.problem, remedy=server.remedy)
        return
    place = f"{server.api_url} ({server.named_by})"
    if server.version == prefect:
        yield found("server", "ok", (f"{place}: Prefect {prefect}", f"{place}：Prefect {prefect}"))
    else:
        yield found(
            "server",
            "warning",
            (
                f"{place}: Prefect {server.version}, {prefect} here",
                f"{place}：Prefect {server.version}，本机为 {prefect}",
            ),
            ("install the same release on both sides", "请在两边安装同一版本"),
        )
    if server.clock_ahead is not None:
        yield clocks("clock", ("the server", "服务器"), server.clock_ahead)
    yield from _switched_on(server)
    yield from _scheduler(server)
    yield from _workers(server)
    yield from _alerts(server, alerts)
    yield from _deployments(server, calendars, project)


def _alerts(server: ServerState, alerts: Collection[str]) -> Iterator[Finding]:
    """Whether what is left to the server is told by it: what has no automation, or one switched off, reaches nobody."""
    missing = [kind for kind in alerts if kind not in server.tells]
    if missing:
        names = ", ".join(missing)
        yield found(
            "server",
            "error",
            (f"nobody is told of: {names}; the server has no such automation, or it is switched off",
             f"以下情况不会通知任何人：{names}；服务器上没有相应的自动通知，或已停用"),
            ("promocal automations, and switch on in the UI what somebody switched off",
             "请运行 promocal automations；被停用的请在界面中启用"),
        )  # fmt: skip


def _switched_on(server: ServerState) -> Iterator[Finding]:
    if server.scheduler_on is False:
        yield found(
            "scheduler",
            "error",
            ("the server runs without its scheduler", "服务器没有启用调度"),
            ("start it without --no-services and without PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED=false",
             "启动时不要加 --no-services，也不要设 PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED=false"),
        )  # fmt: skip


def _scheduler(server: ServerState) -> Iterator[Finding]:
    """Whether runs really appear: a scheduler may look alive and never make one."""
    expecting = [one for one in server.deployments if one.expects and not one.paused]
    without = [one.name for one in expecting if not one.ahead and not one.running and not one.late]
    if without:
        names = ", ".join(without[:3])
        yield found(
            "scheduler",
            "error",
            (
                f"no run is scheduled for {names}, though moments are to come",
                f"{names} 还有时间点未到，却没有排定任何运行",
            ),
            (
                "wait a minute after apply, then look in the log of the server (SQLAlchemy 2.1 stops the scheduler)",
                "apply 后请等一分钟；仍无则查看服务器日志中的错误（SQLAlchemy 2.1 会使调度停摆）",
            ),
        )
    elif expecting:
        ahead = sum(one.ahead for one in expecting)
        yield found("scheduler", "ok", (f"{ahead:,} runs ahead", f"已排定 {ahead:,} 次运行"))
    else:
        yield found("scheduler", "ok", ("nothing to schedule", "没有需要排定的内容"))


def _workers(server: ServerState) -> Iterator[Finding]:
    alive = [worker.name for worker in server.workers if worker.alive]
    if alive:
        names = ", ".join(alive)
        yield found("workers", "ok", (f"{len(alive)} alive: {names}", f"{len(alive)} 个在线：{names}"))
    elif server.deployments:
        yield found(
            "workers", "error", ("no worker is alive: runs will not start", "没有工作进程在线：运行不会开始"), _STARTED
        )
    else:
        yield found("workers", "warning", ("no worker is alive", "没有工作进程在线"), _STARTED)
    if late := sum(one.late for one in server.deployments):
        yield found(
            "workers",
            "warning",
            (f"{late:,} run(s) are late: no worker took them in time", f"{late:,} 次运行迟到：没有工作进程及时领取"),
            ("start another worker, or raise its --limit", "请再启动一个工作进程，或调高其 --limit"),
        )


def _deployments(server: ServerState, calendars: Collection[str], project: str) -> Iterator[Finding]:
    for name in sorted({one.calendar for one in server.deployments} - set(calendars)):
        if any(one.project == project for one in server.of(name)):
            yield found(
                "calendars",
                "warning",
                (f"{name} is on the server, and no longer in this project", f"{name} 在服务器上，但已不在本项目中"),
                (
                    f"put it back, or delete its deployments in the UI: {name}.*",
                    f"请放回该日历，或在界面中删除其部署：{name}.*",
                ),
            )
    for name in calendars:
        others = sorted({one.project for one in server.of(name)} - {project, ""})
        if others:
            yield found(
                "calendars",
                "warning",
                (f"{name} on this server belongs to {others[0]}", f"该服务器上的 {name} 属于 {others[0]}"),
                (f"promocal adopt {name}, if the project moved", f"若项目已迁移：promocal adopt {name}"),
            )
        if paused := [one.name for one in server.of(name) if one.paused]:
            names = ", ".join(paused[:3])
            yield found(
                "calendars",
                "warning",
                (f"paused on the server: {names}", f"服务器上已暂停：{names}"),
                ("resume them in the UI when they should run", "需要运行时请在界面中恢复"),
            )

"""What is said at the end of a replay and of the demo, and where to look next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from promocal.cli.language import either, language
from promocal.cli.output import console, escape, own_command

if TYPE_CHECKING:
    from promocal.demo import DemoResult
    from tasks.running.replay import ReplayResult


def print_simulated(result: ReplayResult) -> None:
    """Before any figure: that members responded by a model."""
    if result.simulated:
        said = either(
            "[yellow]Simulated: members responded by the model of a generated store. No figure here is real.[/]\n",
            "[yellow]模拟：会员反应由生成店铺的模型给出，此处没有真实数据。[/]\n",
        )
        console().print(said)


def print_replayed(result: ReplayResult, page: Path, *, ran: bool = False) -> None:
    """`ran`: messages of the calendar really left in that time, which can be shown beside it."""
    out = console()
    out.print(
        either(
            "{runs} runs replayed. Report: [bold]{page}[/]",
            "已回放 {runs} 次运行。报告：[bold]{page}[/]",
            runs=len(result.runs),
            page=escape(str(page)),
        ),
        soft_wrap=True,  # a path is copied as one line
    )
    out.print(
        either(
            "Explore it with --replay {calendar}: status, why, report, audiences, quality, points, plan.",
            "加上 --replay {calendar} 即可查看：status、why、report、audiences、quality、points、plan。",
            calendar=result.calendar,
        )
    )
    if ran:
        out.print(
            either(
                "It really ran, too: promocal replay {calendar} --against ran shows both side by side.",
                "该日历也实际运行过：promocal replay {calendar} --against ran 可并排对比。",
                calendar=result.calendar,
            )
        )


def print_demo(result: DemoResult) -> None:
    out = console()
    direct = result.runs - result.prefect_runs
    out.print(
        either(
            "{runs} runs in {seconds:.0f} s: {prefect} as Prefect flow runs, {direct} by direct call.",
            "{runs} 次运行，用时 {seconds:.0f} 秒：{prefect} 次为 Prefect 流程，{direct} 次直接调用。",
            runs=result.runs,
            seconds=result.seconds,
            prefect=result.prefect_runs,
            direct=direct,
        )
    )
    page = either("Report: [bold]{page}[/]", "报告：[bold]{page}[/]", page=escape(str(result.report)))
    out.print(page, "", either("Look around:", "接下来看看："), sep="\n")
    steps = next_steps(result, language())
    width = max(len(command) for command, _ in steps)
    for command, what in steps:
        # One line each, however narrow the terminal: a person copies it.
        out.print(f"  {escape(command.ljust(width))}  [dim]# {escape(what)}[/]", soft_wrap=True)


def next_steps(result: DemoResult, lang: str) -> list[tuple[str, str]]:
    """Commands that explore the finished demo, and what each of them shows."""
    calendar, project = result.measurement.calendar, f"-C {shlex.quote(str(result.project))}"
    page = shlex.quote(str(result.project / "quality.html"))
    found = [
        (f"status --all {project}", "every run, and what became of its messages", "每次运行及其消息的去向"),
        (f"why {result.member} {project}", "every decision about one member", "关于一位会员的全部决定"),
        (f"audiences {calendar} {project}", "members of every audience now", "各人群现在的会员数"),
        (f"plan {calendar} {project}", "who would get what, and what it costs", "谁会得到什么，花费多少"),
        (f"points {calendar} {project}", "points by the rules, beside those recorded", "按规则应得的积分与记录对照"),
        (f"quality -o {page} {project}", "how good the data is", "数据质量"),
        (f"report {calendar} --lang {'en' if lang == 'zh' else 'zh'} {project}", "the report in Chinese", "英文版报告"),
        ("new my-shop", "a project of your own", "新建自己的项目"),
    ]
    program = own_command()
    return [(f"{program} {command}", zh if lang == "zh" else en) for command, en, zh in found]

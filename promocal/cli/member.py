"""`promocal member`: what a person decides about one member, and who is one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.moments import moment_or_none
from promocal.cli.opening import opened
from promocal.cli.options import FormatOption, LangOption, OutputFormat, Project, Replay

_WORDS: dict[str, dict[Any, Any]] = {
    "en": {
        "title": "Identifiers of snapshot {snapshot}",
        "kinds": ("kind", "strength", "identifiers", "distinct", "shared by accounts"),
        True: "strong",
        False: "weak",
        "said": "{accounts:,} accounts are {persons:,} persons, of {members:,} in all; {apart:,} conflicts kept apart",
        "none": "There are no identifiers: every account is a person. See [sources.identities].",
        "apart": "Kept apart",
        "columns": ("conflict", "identifier", "value", "accounts", "for example"),
        "strong": "contradictory",
        "weak": "weak links contradict",
        "shared": "too many accounts",
    },
    "zh": {
        "title": "快照 {snapshot} 的身份标识",
        "kinds": ("类型", "强度", "标识数", "不同值", "多账号共用"),
        True: "强",
        False: "弱",
        "said": "{accounts:,} 个账号合并为 {persons:,} 人，总人数 {members:,}；{apart:,} 处冲突未合并",
        "none": "没有身份标识：每个账号即一人。见 [sources.identities]。",
        "apart": "未合并",
        "columns": ("冲突", "标识", "值", "账号数", "示例"),
        "strong": "相互矛盾",
        "weak": "弱关联矛盾",
        "shared": "账号过多",
    },
}
app = typer.Typer(help="What a person decides about one member, and which accounts are one.", no_args_is_help=True)


@app.callback()
def _member() -> None:
    """What a person decides about one member, and which accounts are one."""


@app.command("tier")
def tier(
    member: Annotated[str, typer.Argument(help="Member id.")],
    tier: Annotated[str | None, typer.Argument(help="Tier of the store; leave out with --clear.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who decides; kept in the audit log.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
    until: Annotated[str | None, typer.Option("--until", help="Moment from which the rules decide again.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Let the rules decide again, now.")] = False,
    project: Project = Path(),
) -> None:
    """Set a member's tier by hand, or clear it; decisions honour it from the next run on."""
    from tasks.data.members import clear_tier, set_tier

    if not by or not reason:
        raise UsageError(
            ("a tier set by hand needs --by and --reason", "人工设定等级须写 --by 与 --reason"),
            ("both are kept in the audit log", "两者都会保存在审计日志中"),
        )
    if clear == (tier is not None):
        raise UsageError(
            ("name a tier, or use --clear", "请写明等级，或用 --clear"),
            (
                "promocal member tier MEMBER gold --by NAME --reason WHY",
                "例如：promocal member tier 会员 gold --by 姓名 --reason 原因",
            ),
        )
    with opened(project) as rt:
        if tier is None:
            clear_tier(rt, member, reason=reason, by=by)
        else:
            set_tier(rt, member, tier, until=moment_or_none(until, project), reason=reason, by=by)
    if tier is None:
        done = either("the rules decide again", "恢复按规则定级")
    else:
        done = either("tier {tier} set by {by}", "等级已由 {by} 设为 {tier}", tier=tier, by=by)
    output.console().print(output.escape(either("{member}: {done}", "{member}：{done}", member=member, done=done)))


@app.command("identities")
def identities(
    conflicts: Annotated[bool, typer.Option("--conflicts", help="List what was kept apart, masked.")] = False,
    project: Project = Path(),
    replay: Replay = None,
    lang: LangOption = None,
    format: FormatOption = OutputFormat.text,
) -> None:
    """Which identifiers the accounts have, how many persons they are, and what was kept apart."""
    from tasks.data.members import identities as collect

    with opened(project, replay=replay) as rt:
        found = collect(rt, conflicts=conflicts)
    if format is OutputFormat.json:
        output.print_json(found)
        return
    words = _WORDS[lang or output.language()]
    out = output.console()
    if not found.kinds:
        out.print(output.escape(words["none"]))
        return
    table = output.table(words["title"].format(snapshot=found.snapshot), *words["kinds"])
    for kind in found.kinds:
        counts = (f"{count:,}" for count in (kind.identifiers, kind.values, kind.shared))
        table.add_row(output.escape(kind.kind), words[kind.strong], *counts)
    out.print(table)
    apart = sum(found.conflicts.values())
    out.print(words["said"].format(accounts=found.accounts, persons=found.persons, members=found.members, apart=apart))
    if conflicts and found.kept_apart:
        listed = output.table(words["apart"], *words["columns"])
        for row in found.kept_apart:
            cells = (row.kind, row.value, f"{row.accounts:,}", ", ".join(row.examples[:3]))
            listed.add_row(words[row.conflict], *map(output.escape, cells))
        out.print(listed)


@app.command("erase")
def erase(
    member: Annotated[str, typer.Argument(help="Member id.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who does it; kept in the audit log.")] = "",
    project: Project = Path(),
    format: FormatOption = OutputFormat.text,
) -> None:
    """Erase a member everywhere, at once and for good, also while runs send; later exports do not bring him back."""
    from tasks.outreach.erasing import erase_member

    if not by.strip() or not reason.strip():
        raise UsageError(
            ("a member is erased by somebody, for a reason", "删除会员须写明由谁、为何"),
            (
                "add --reason WHY --by NAME; write nothing about the member into the reason",
                "请添加 --reason 原因 --by 姓名；原因中请勿写入该会员的信息",
            ),
        )
    with opened(project, quiet=format is OutputFormat.json) as rt:
        done = erase_member(rt, member, reason=reason.strip(), by=by.strip())
    if format is OutputFormat.json:
        output.print_json(done)
        return
    out = output.console()
    out.print(either("Erased; counted as {name} from now on.", "已删除；此后以 {name} 计数。", name=done.pseudonym))
    lines = (
        (done.stopped, either("message(s) stopped", "条消息已停止")),
        (done.out, either("message(s) had left or been handed over", "条消息此前已发出或已交出")),
        (done.ledger_rows, either("row(s) of the ledger", "行台账记录")),
        (done.snapshots, either("snapshot(s) written anew", "个快照已重写")),
        (done.decisions, either("decision file(s) written anew", "个决策文件已重写")),
        (done.files, either("file(s) of outbox and reports", "个发件箱与报告文件")),
        (done.replays, either("replay(s) removed", "个回放已移除")),
    )
    for count, what in lines:
        if count:
            out.print(f"{count:>8,}  {output.escape(what)}")
    out.print(
        either(
            "The sources are yours: erase the member there, too. What they still say of them is left out.",
            "数据源由您管理：请在其中一并删除该会员。数据源中残留的内容不会再被读入。",
        )
    )


@app.command("export")
def export(
    member: Annotated[str, typer.Argument(help="Member id.")],
    to: Annotated[Path | None, typer.Option("--to", help="JSON file; default: standard output.")] = None,
    project: Project = Path(),
) -> None:
    """All that is kept of one member, as JSON, for them to have: data, messages, benefits, refusals."""
    from campaign_calendars.values.json import to_json
    from tasks.outreach.erasing import held_about

    with opened(project) as rt:
        found = held_about(rt, member)
    if to is None:
        output.print_json(found)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f".{to.name}.partial")
    partial.unlink(missing_ok=True)  # a new file is private; one that was there keeps its rights
    partial.write_text(to_json(found) + "\n", "utf-8")
    partial.replace(to)
    output.console().print(output.escape(either("Written to {file}", "已写入 {file}", file=to)))

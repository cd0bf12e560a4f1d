"""A run that waits for a person is suspended in Prefect, with what there is to judge and a form for the answer.

The process ends meanwhile; whoever answers (the form, `promocal approve`) lets the same run go on. The server does not
hold to the constraints of a form, so an answer is looked at here: a wrong one is told in the next form, and the run
waits on. What was taken stands in the ledger, once for each form, however often the run starts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, cast

from prefect.input import RunInput, read_flow_run_input
from prefect.runtime import flow_run
from pydantic import Field, ValidationError, create_model

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.measuring.forecasting import figures_in_words
from flows.artifacts import publish_question
from flows.steps import ProjectRun, sealed
from tasks.approving.answering import Given, answer
from tasks.approving.judging import Judged, JudgedPlay, judged
from tasks.reporting.labels import stop_reason

if TYPE_CHECKING:
    from tasks.planning.previewing import PreviewedMessage

KEY = "approval-"
_WOKEN = "(woken)"
_MOST_REASONS = 8
_WRONG: Said = (
    "an answer, a name and a reason are needed; a limit is a whole number",
    "须填写答复、姓名和理由；上限为整数",
)
_FIELDS: Mapping[str, Said] = {
    "answer": ("approve or reject", "approve 批准；reject 驳回"),
    "limit": ("At most so many messages, by lot; 0: all of them", "最多放行多少条消息（按抽签）；0 表示全部"),
    "plays": ("About these plays only; empty: all that wait", "只针对这些玩法；不选表示全部"),
    "by": ("Your name; kept in the audit log", "您的姓名；保存在审计日志中"),
    "reason": ("Why; kept in the audit log", "理由；保存在审计日志中"),
    "decision": ("The decision this is about; leave it as it is", "所针对的决策；请勿修改"),
}


def wait_for_answer(key: ProjectRun) -> None:
    """Return once something of the run was answered; until then the run is suspended and its process ends."""
    for number in count(1):
        question = sealed(_question)(key, number)
        if question is None:
            return
        name = f"{KEY}{number}"
        if number == 1:
            publish_question(key.run_id, f"{key.calendar}-{key.phase}", question._description or "")  # noqa: SLF001
        if sealed(_take)(key, name, _given(question, name)):
            return


def _given(form: type[RunInput], name: str) -> RunInput | None:
    """What was written into a form; None where it does not fit, or where the run was woken without one."""
    from prefect.flow_runs import suspend_flow_run

    try:
        return suspend_flow_run(wait_for_input=form, key=name, timeout=None)
    except ValidationError:
        return None


def _question(key: ProjectRun, number: int) -> type[RunInput] | None:
    """The form of one round; None: nothing waits any more."""
    with key.runtime() as rt:
        found = judged(rt, key.run_id)
        if found is None:
            return None
        lang = rt.settings.project.lang or "en"
        before = rt.ledger.answered(key.run_id, _source(f"{KEY}{number - 1}")) or ""
    refused = "" if before == _WOKEN else before
    return form_of(found, lang, refused)


def _take(key: ProjectRun, name: str, form: RunInput | None) -> bool:
    """Whether the answer is new and was taken."""
    source = _source(name)
    with key.runtime() as rt:
        if rt.ledger.answered(key.run_id, source) is not None:
            return False
        now = rt.clock().astimezone(UTC)
        lang = rt.settings.project.lang or "en"
        if form is None:
            was_answered = read_flow_run_input(f"suspended-{name}-response") is not None
            why = in_language(_WRONG, lang) if was_answered else _WOKEN
            rt.ledger.refuse_answer(key.run_id, source, why, now)
            return False
        try:
            answer(rt, key.run_id, _said(form, source))
        except UsageError as error:
            rt.ledger.refuse_answer(key.run_id, source, error.text(lang), now)
            return False
        return True


def _said(form: RunInput, source: str) -> Given:
    given: Mapping[str, Any] = form.model_dump()
    return Given(
        answer=given["answer"],
        by=given["by"],
        reason=given["reason"],
        plays=tuple(given["plays"]),
        limit=given["limit"] or None,
        decision=given["decision"],
        source=source,
    )


def _source(name: str) -> str:
    return f"prefect/{flow_run.id}/{name}"


def form_of(found: Judged, lang: str, refused: str = "") -> type[RunInput]:
    """The form for what waits; its fields take whatever the server lets through, `answer` judges it."""
    names = tuple(play.play for play in found.plays)
    about = {name: in_language(said, lang) for name, said in _FIELDS.items()}
    fields: dict[str, Any] = {
        "answer": (Literal["approve", "reject"], Field(default="approve", description=about["answer"])),
        "limit": (int, Field(default=0, description=about["limit"])),
        "plays": (list[Literal[names]], Field(default_factory=list, description=about["plays"])),  # type: ignore[valid-type]
        "by": (str, Field(description=about["by"])),
        "reason": (str, Field(description=about["reason"])),
        "decision": (str, Field(default=found.decision, description=about["decision"])),
    }
    made = create_model("Approval", __base__=RunInput, **fields)
    described = made.with_initial_data(description=described_in(found, lang, refused))
    return cast("type[RunInput]", described)


def described_in(found: Judged, lang: str, refused: str = "") -> str:
    """What there is to judge, as Markdown; counts, money and masked messages."""
    zh = lang == "zh"
    lines = (
        [f"**{'上一次答复未被接受' if zh else 'The last answer was not taken'}: {_plain(refused)}**", ""]
        if refused
        else []
    )
    for play in found.plays:
        lines += [*_play_lines(play, found.currency, lang), ""]
    lines += [line for one in found.previews for line in _preview_lines(one, lang)]
    plan = f"; {'已应用的计划' if zh else 'applied plan'} `{found.plan}`" if found.plan else ""
    lines.append(f"{'决策' if zh else 'Decision'} `{found.decision}`{plan}. `promocal approve {found.run_id}`")
    return "\n".join(lines)


def _play_lines(play: JudgedPlay, currency: str, lang: str) -> list[str]:
    zh = lang == "zh"
    title = play.title.get(lang)
    reasons = sorted(play.excluded.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        ("人群内" if zh else "in the audience", play.candidates),
        ("等待审批" if zh else "wait for approval", play.waiting),
        ("对照组" if zh else "held out as control group", play.held_out),
        *((stop_reason(reason, lang), members) for reason, members in reasons[:_MOST_REASONS]),
    ]
    if rest := sum(members for _, members in reasons[_MOST_REASONS:]):
        rows.append(("其他原因" if zh else "other reasons", rest))
    listed = ", ".join(f"{_plain(name)} {n:,}" for part in (play.channels, play.benefits) for name, n in part.items())
    return [
        f"### {_plain(play.play)}{'  ' + _plain(title) if title else ''}",
        *(f"- {_plain(why[lang])}" for why in play.why),
        f"- {play.cost_cents / 100:,.2f} {currency}; {listed}",
        *_forecast_lines(play, currency, lang),
        f"- {'等待至' if zh else 'waits until'} {play.until:%Y-%m-%d %H:%M}",
        "",
        f"| | {'会员数' if zh else 'members'} |",
        "|---|---:|",
        *(f"| {_plain(name)} | {members:,} |" for name, members in rows),
    ]


def _forecast_lines(play: JudgedPlay, currency: str, lang: str) -> list[str]:
    """What the applied plan said the play would bring, in one line."""
    if play.forecast is None:
        return []
    head = "整个玩法的预测：" if lang == "zh" else "forecast of the whole play: "
    return [f"- {head}{_plain(in_language(figures_in_words(play.forecast, currency), lang))}"]


def _preview_lines(one: PreviewedMessage, lang: str) -> list[str]:
    text = one.text if not one.fault else stop_reason(one.fault, lang)
    return [
        f"{_plain(one.play)} · {_plain(one.channel)} · {_plain(one.member)}",
        "",
        "```text",
        *_fenced(text),
        "```",
        "",
    ]


def _fenced(text: str) -> list[str]:
    """Lines that cannot end their fence."""
    return [line.replace("```", "'''") for line in text.splitlines()]


def _plain(text: str) -> str:
    """Text without meaning for Markdown or HTML, whatever is in it."""
    meant = str.maketrans({one: f"\\{one}" for one in "\\`*_[]|<>#"})
    return " ".join(text.split()).translate(meant)

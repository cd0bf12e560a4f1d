"""One entry of the catalogue: who honours a key of the language, what it does then, and the test that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from campaign_calendars.findings.said import Said

Honourer = Literal[
    "decide", "schedule", "dispatch", "export", "redeem", "measure", "plan", "check", "person", "words"
]  # fmt: skip
HONOURERS: Final[dict[Honourer, Said]] = {
    "decide": ("who is chosen, with which benefit, on which channel", "选谁、给什么权益、用哪个渠道"),
    "schedule": ("when something happens", "何时发生"),
    "dispatch": ("what leaves, and whether it may", "发送什么、能否发送"),
    "export": (
        "what the platform is told (set-up pack, crowds), so that it enforces it",
        "告知平台的内容（搭建包、人群），由平台执行",
    ),
    "redeem": ("recognition of uses, and the money of grants", "识别核销与权益资金"),
    "measure": ("features, figures and the report", "特征、指标与报告"),
    "plan": ("what the plan shows and forecasts", "计划所示与预测"),
    "check": ("refused or warned of before anything runs, nothing else", "仅在运行前报错或提醒"),
    "person": ("a task of a person, which stops what needs it", "由人完成，未完成则暂停所需之事"),
    "words": ("words people read, nothing else", "仅供阅读的文字"),
}
"""Who may honour a key, and what that means."""


@dataclass(frozen=True, slots=True)
class Honoured:
    """What a key does at run time.

    `by`: the honourers, the main one first, with commas. `does`: one sentence, English and Chinese. `rows`: rows of
    the domain such as "A3, A11#2", or empty. `test`: path below `tests/` and name, such as
    `warehouse/decision/test_assign.py::test_stock`; it shows the difference the key makes.
    """

    by: str
    does: Said
    rows: str
    test: str

    @property
    def honourers(self) -> tuple[str, ...]:
        return tuple(self.by.split(", "))

    def __post_init__(self) -> None:
        if strange := set(self.honourers) - set(get_args(Honourer)):
            raise ValueError(f"no honourer of keys: {sorted(strange)}")

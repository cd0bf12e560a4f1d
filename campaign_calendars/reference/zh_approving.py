"""Chinese texts of the reference pages: who approves, and when a run waits for it."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "When a person has to agree before anything leaves (B9).": "何时须先由人工批准才能发出（B9）。",
    "Members; an occurrence that chooses more waits for approval.": "会员数；选中人数超过时等待批准。",
    "How long it waits for an answer, then its messages are cancelled; default: the store's `approval.within`.": (
        "等待答复多久，之后其消息取消；默认取店铺的 `approval.within`。"
    ),
    "Who approves, how long runs wait for it, and when one has left the plan that was applied.": (
        "由谁审批、运行等待多久，以及何时算超出已应用的计划。"
    ),
    "Who approves, and when a run waits for it.": "由谁审批，以及运行何时等待审批。",
    "Whether somebody else has to approve than the calendar's `author` and whoever applied its plan.": (
        "是否须由日历 `author` 与应用计划者之外的人审批。"
    ),
    "How long messages wait for an answer, at the latest until they expire; then they are cancelled.": (
        "消息等待答复多久，最晚到其过期；之后取消。"
    ),
    "How many more members, or how much more money, than its applied plan an occurrence may take; above that, or with"
    " another audience, it waits for approval. null: it never does.": (
        "一次触达可比已应用的计划多用多少会员或费用；超过时，或人群不同时，等待审批。null 表示从不因此等待。"
    ),
    "Who wrote it; with the store's `approval.four_eyes` somebody else approves.": (
        "由谁编写；店铺设置了 `approval.four_eyes` 时，由另一人审批。"
    ),
}

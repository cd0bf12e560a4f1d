"""Keys of sequences of members and groups, their steps and goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

SEQUENCES: Final[Mapping[str, Honoured]] = {
    "Calendar.sequences": Honoured(
        "decide",
        (
            "Steps for members or groups, each counted from their own day zero.",
            "会员或群的多步触达，各自从第零天起算。",
        ),
        "A13#18",
        "campaign_calendars/model/test_sequences.py::test_sequences_that_mean_nothing_are_located",
    ),
    "Sequence.start": Honoured(
        "decide",
        ("The event that is day zero of a member or group.", "会员或群的第零天。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.lane": Honoured(
        "dispatch",
        ("`human` puts its steps on a work list.", "`human` 时各步进入工作清单。"),
        "A1#16",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.owner": Honoured(
        "person",
        ("Whose work list the steps are on.", "各步属于谁的工作清单。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.channels": Honoured(
        "decide, dispatch",
        ("The first allowed one carries a step.", "由第一个允许的渠道发送。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.steps": Honoured(
        "schedule",
        ("What is said when, counted from day zero.", "自第零天起何时说什么。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.holdout": Honoured(
        "decide",
        ("The same members are held back from all steps.", "所有步骤保留同一批对照会员。"),
        "B9",
        "campaign_calendars/model/test_sequences.py::test_all_steps_hold_back_the_same_members",
    ),
    "Sequence.goal": Honoured(
        "decide",
        ("Who reached it gets no more steps.", "达成者不再收到后续步骤。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_a_brief_of_a_step_knows_its_goal_and_writes_once",
    ),
    "Goal.on": Honoured(
        "decide",
        ("The event that ends the sequence.", "结束序列的事件。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_a_brief_of_a_step_knows_its_goal_and_writes_once",
    ),
    "Goal.tag": Honoured(
        "decide",
        ("The tag that ends the sequence while it is carried.", "带有该标签时序列结束。"),
        "",
        "warehouse/decision/test_sequences.py::test_a_tag_ends_a_sequence_while_it_is_carried",
    ),
    "Step.at": Honoured(
        "schedule",
        ("How long after day zero, and at what local time.", "第零天之后多久、当地几点。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.lane": Honoured(
        "dispatch",
        ("`human` puts this step on a work list.", "`human` 时本步进入工作清单。"),
        "A1#16",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.owner": Honoured(
        "person",
        ("Whose work list this step is on.", "本步属于谁的工作清单。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.channels": Honoured(
        "decide, dispatch",
        ("Channels of this step instead of the sequence's.", "本步自己的渠道。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.title": Honoured(
        "words",
        ("The name of the step in plans and lists.", "规划与清单中的步骤名称。"),
        "",
        "campaign_calendars/model/test_sequences.py::test_steps_become_plays_that_keep_their_names",
    ),
}

"""Keys of sequences of members and groups, their steps and goals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

_RUN = "tasks/outreach/test_sequences.py"
_STEPS = "campaign_calendars/model/test_sequences.py"
_POSTS = "warehouse/decision/test_posts.py"
_CONTENT = f"{_RUN}::test_content_of_a_topic_goes_along_where_it_fits_store_and_season"

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
    "Calendar.content": Honoured(
        "dispatch",
        ("Pieces that go along with the steps that name them.", "随所引用的步骤发出的素材。"),
        "A13#20",
        _CONTENT,
    ),
    "Piece.topic": Honoured(
        "dispatch",
        ("A step that names the topic takes all its pieces.", "步骤写主题时发出该主题的全部素材。"),
        "A13#20",
        _CONTENT,
    ),
    "Piece.category": Honoured(
        "dispatch", ("Left out in stores of another category.", "其他类目的店铺不发。"), "A13#20", _CONTENT
    ),
    "Piece.seasons": Honoured("dispatch", ("Left out in other seasons.", "其他季节不发。"), "A13#20", _CONTENT),
    "Step.content": Honoured(
        "dispatch", ("Pieces of the library leave with the message.", "素材随消息发出。"), "A13#20", _CONTENT
    ),
    "Step.attachments": Honoured("dispatch", ("They leave with the message.", "随消息发出。"), "B4", _CONTENT),
    "Play.invites_to": Honoured(
        "decide",
        (
            "Who is in the group is not in the audience; nobody is chosen while it is full.",
            "已在群内者不入选；群满时不选任何人。",
        ),
        "A4",
        f"{_POSTS}::test_nobody_is_invited_into_a_full_group",
    ),
    "Sequence.audience": Honoured(
        "decide",
        ("Asked anew at each step.", "每一步重新判断。"),
        "A5",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.tag": Honoured(
        "export",
        ("Tag of who has had the last step, written to a file.", "走完最后一步者的标签，写入文件。"),
        "A13",
        f"{_RUN}::test_the_state_of_a_sequence_and_its_tags",
    ),
    "Sequence.grace": Honoured(
        "decide",
        ("A later step is skipped, with its reason.", "更晚的步骤跳过，并写明原因。"),
        "B9",
        f"{_RUN}::test_a_run_that_starts_within_the_grace_of_the_steps_still_writes",
    ),
    "Sequence.of": Honoured(
        "decide",
        ("Steps of each group are posts.", "群的步骤为群帖。"),
        "A13",
        f"{_RUN}::test_steps_of_a_group_are_posts_counted_from_its_opening",
    ),
}

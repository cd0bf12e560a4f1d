"""Keys of sequences, their steps and content, and of posts in groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

_RUN = "tasks/outreach/test_sequences.py"
_STEPS = "campaign_calendars/model/test_sequences.py"
_POSTS = "warehouse/decision/test_posts.py"
_CONTENT = f"{_RUN}::test_content_of_a_topic_goes_along_where_it_fits_store_and_season"

SEQUENCES: Final[Mapping[str, Honoured]] = {
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
    "Sequence.start": Honoured(
        "decide",
        ("The event that is day zero.", "第零天所指的事件。"),
        "A13",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.audience": Honoured(
        "decide",
        ("Asked anew at each step.", "每一步重新判断。"),
        "A5",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.channels": Honoured(
        "decide",
        ("Channels of its steps.", "步骤的渠道。"),
        "A4",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.owner": Honoured(
        "person",
        ("Stands on the work list.", "列于人工待办。"),
        "A1#16",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.steps": Honoured(
        "schedule",
        ("Each becomes a play.", "每一步成为一个玩法。"),
        "A13",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Sequence.holdout": Honoured(
        "decide",
        ("The same members get none of the steps.", "同一批会员不收到任何步骤。"),
        "B9",
        f"{_STEPS}::test_all_steps_hold_back_the_same_members",
    ),
    "Sequence.goal": Honoured(
        "decide",
        ("Ends the steps for a member.", "对会员提前结束步骤。"),
        "A13",
        f"{_STEPS}::test_a_brief_of_a_step_knows_its_goal_and_writes_once",
    ),
    "Goal.on": Honoured(
        "decide",
        ("Events since day zero that end it.", "自第零天起使其结束的事件。"),
        "A13",
        f"{_STEPS}::test_a_brief_of_a_step_knows_its_goal_and_writes_once",
    ),
    "Goal.tag": Honoured(
        "decide",
        ("Who carries the tag gets no further step.", "带有该标签者不再收到步骤。"),
        "A13",
        f"{_STEPS}::test_a_brief_of_a_step_knows_its_goal_and_writes_once",
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
    "Step.at": Honoured(
        "schedule",
        ("When the step is due after day zero.", "第零天之后何时到期。"),
        "A13",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.channels": Honoured(
        "decide",
        ("Channels of the step.", "该步骤的渠道。"),
        "A4",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.lane": Honoured(
        "person",
        ("With human it is an item of work.", "human：生成人工待办。"),
        "A1#16",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.owner": Honoured(
        "person",
        ("Stands on the work list.", "列于人工待办。"),
        "A1#16",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Step.title": Honoured(
        "words",
        ("Its name for people.", "供人阅读的名称。"),
        "",
        f"{_STEPS}::test_steps_become_plays_that_keep_their_names",
    ),
    "Play.post": Honoured(
        "decide",
        ("One job a group; exposed is who is in it.", "每群一条；曝光为在群者。"),
        "A4",
        f"{_RUN}::test_a_post_is_one_job_for_each_group_and_touches_no_cap_of_members",
    ),
    "Group.posts_per_day": Honoured(
        "decide",
        ("A group that has had so many gets no further post.", "已达上限的群当日不再发帖。"),
        "A4",
        f"{_POSTS}::test_a_group_has_a_cap_of_its_own",
    ),
}

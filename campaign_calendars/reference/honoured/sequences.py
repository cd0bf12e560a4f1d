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
}

"""A text put together from its parts is the text its template renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.messages.templates import OWN, Names
from tasks.calendars import engine
from tasks.calendars.gaps import NAME, gapped
from tasks.calendars.rendering import MessageError, Renderer
from warehouse.ledger.records import Job
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
JOB = Job("k", "r", "c", "burst", "recall", T0, "m1", "sms", "coupon", "m.txt")
NAMES = Names(
    calendar={"id": "c", "title": "Bench"},
    store={"title": "Store"},
    phases={"burst": {"id": "burst", "title": "Burst"}},
    plays={("burst", "recall"): {"id": "recall", "title": "Recall"}},
    benefits={"coupon": {"id": "coupon", "title": "Coupon", "text": "30 off", "value": "30", "threshold": "199"}},
)
PIECES = st.sampled_from([
    "{{ member.name }}",
    "{{ benefit.code }}",
    "{{ benefit.valid_until }}",
    "{{ benefit.title }}",
    "{{ benefit.value|int + 1 }}",
    "{{ member.name|upper }}",
    "{{ member['name'] }}",
    "{{ member }}",
    "{{ (member).name }}",
    "{{ member.name ~ benefit.code }}",
    "{{ 'you' if not member.name else member.name }}",
    "{% if member.name %}A{% else %}B{% endif %}",
    "{% if benefit.value == '30' %}{{ member.name }}{% elif true %}-{% else %}{{ benefit.code }}{% endif %}",
    "{% if benefit.code %}{{ benefit.code }}{% endif %}",
    "{% if not member.name or benefit.code and play.id %}{{ member.name }}{% elif member.name %}C{% endif %}",
    "{% if member.name == 'a' %}A{% endif %}",
    "{% filter upper %}{% if member.name %}a{% endif %}{% endfilter %}",
    "{% set n = member.name %}{{ n }}",
    "{% set b = benefit %}{{ b.code }}",
    "{% set member = play %}{{ member.id }}",
    "{% filter upper %}{{ member.name }}{% endfilter %}",
    "{{ play.title }}",
    "{{ member.nothing }}",
    "{{ 1 // 0 }}",
    "{{ '\0' }}",
    "\n",
    "你好，",
    "0",
])  # fmt: skip
WORDS = st.text(st.sampled_from("ab王\0\n {%}0"), max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=5).map("".join), st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3))
def test_both_ways_come_to_the_same_text(template: str, members: list[tuple[str, str, str]]) -> None:
    own: dict[str, Mapping[str, str]] = {}
    renderer = Renderer({"m.txt": template}, NAMES, own=lambda job, _: own[job.member_id])
    for number, (name, code, until) in enumerate(members):
        own[f"m{number}"] = {"code": code, "valid_until": until}
        variables = {
            "member": {"name": name},
            "play": NAMES.plays["burst", "recall"],
            "benefit": {**NAMES.benefits["coupon"], **OWN, "code": code, "valid_until": until},
        }
        try:
            expected = engine.environment().from_string(template).render(variables)
        except Exception:  # noqa: BLE001 - what a template does wrong it does wrong for everybody it is rendered for
            with pytest.raises(MessageError):
                renderer(replace(JOB, member_id=f"m{number}"), Recipient(f"m{number}", "138", name))
        else:
            assert renderer(replace(JOB, member_id=f"m{number}"), Recipient(f"m{number}", "138", name)) == expected


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("{{ member.name }}好，{{ benefit.code }}。", [("", "好，", "。")]),
        ("{% if play.id %}{{ member.name }}{% endif %}", [("", "")]),
        ("nothing of anybody's own", [("nothing of anybody's own",)]),
        ("{% if member.name %}{{ member.name }}，{% endif %}hi", [("", "，hi"), ("hi",)]),
        ("{% if member.name and not benefit.code %}x{% endif %}", [("",), ("",), ("x",), ("",)]),
        ("{{ member.name|upper }}", None),
        ("{% if member.name|length > 2 %}x{% endif %}", None),
        ("{% set n = member %}{{ n.name }}", None),
        ("{% filter upper %}{{ member.name }}{% endfilter %}", None),
    ],
)
def test_only_what_is_written_as_it_is_or_asked_for_leaves_a_gap(
    template: str, parts: list[tuple[str, ...]] | None
) -> None:
    def render(values: Mapping[tuple[str, str], str]) -> str:
        about = {"member": {"name": values[NAME]}, "benefit": {"code": values["benefit", "code"]}}
        return engine.environment().from_string(template).render(**about, play={"id": "y"})

    found = gapped(engine.environment().parse(template), render)
    assert (None if found is None else [text.parts for text in found.texts.values()]) == parts


def test_what_is_asked_of_a_benefit_in_a_place_that_is_never_read_may_have_none() -> None:
    renderer = Renderer({"m.txt": "{% if true or benefit.code %}x{% endif %}"}, NAMES)
    assert renderer(replace(JOB, benefit=None), Recipient("m1", "138", "a")) == "x"


def test_a_play_that_asks_for_nobodys_own_looks_nothing_up() -> None:
    asked: list[str] = []

    def own(job: Job, _benefit: str) -> Mapping[str, str]:
        asked.append(job.member_id)
        return {}

    renderer = Renderer({"m.txt": "{{ member.name }}: {{ benefit.title }}"}, NAMES, own=own)
    assert [renderer(JOB, Recipient("m1", "138", name)) for name in ("a", "b")] == ["a: Coupon", "b: Coupon"]
    assert not asked


@pytest.mark.parametrize("template", ["{{ play[member.name] }}", "{{ {'': 1}[benefit.code] }}"])
def test_what_goes_wrong_is_said_without_what_is_a_members_own(template: str) -> None:
    renderer = Renderer({"m.txt": template}, NAMES, own=lambda _job, _benefit: {"code": "K3M7-XQ2P"})
    with pytest.raises(MessageError) as raised:
        renderer(JOB, Recipient("m1", "138", "王小明"))
    assert not [said for said in raised.value.said if "王小明" in said or "K3M7" in said]
    assert "UndefinedError" in raised.value.said[0]


def test_a_code_in_a_starred_text_is_masked_in_its_gap() -> None:
    renderer = Renderer({"m.txt": "{{ benefit.code }}"}, NAMES, own=lambda _job, _benefit: {"code": "ABCD1234EF"})
    assert renderer(JOB, Recipient("m1", "138", "a")) == "ABCD1234EF"
    assert "1234" not in renderer(JOB, Recipient("m1", "138", "a", starred=True))

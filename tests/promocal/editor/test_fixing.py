"""Quick fixes leave a file that can be read: in braces, in `accept`, with tabs; what would not is not offered."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls")


from promocal.editor.fixing import fixes
from promocal.editor.navigating import applied
from promocal.editor.sheets import Sheet
from tests.promocal.editor.written import ALL, CALENDAR, changed, sheet

REMINDER = CALENDAR[CALENDAR.index("      - id: reminder") :]


def fixed(path: Path, text: str, title: str, lang: str = "en") -> str | None:
    """The text with the fix of a title; None where it is not offered."""
    one = sheet(path, text)
    found = [action for action in fixes(one, ALL, lang) if action.title == title]
    if not found:
        return None
    assert found[0].edit is not None
    assert found[0].edit.changes is not None
    return applied(one, list(found[0].edit.changes[one.uri]))


def errors(path: Path, text: str) -> list[str]:
    return [problem.code for problem in sheet(path, text).look.problems if problem.severity == "error"]


# -- a missing key -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key", "mended"),
    [
        (
            REMINDER,
            "      - {id: flowplay, channels: [sms], at: D-20 10:00}\n",
            "audience",
            "{id: flowplay, channels: [sms], at: D-20 10:00, audience: }",
        ),
        (
            REMINDER,
            "      - {id: flowplay, channels: [sms],\n         at: D-20 10:00}\n",
            "audience",
            "[sms],\n         at: D-20 10:00, audience: }",
        ),
        ("    plays:\n", "    duties: [{due: D-2}]\n    plays:\n", "text", "duties: [{due: D-2, text: }]\n"),
        ("  high:\n", "  fa: {title: x}\n  high:\n", "where", "  fa: {title: x, where: }\n"),
        ("  high:\n", "  fa: {}\n  high:\n", "where", "  fa: {where: }\n"),
        ("  high:\n", "  fa:\n    title: x\n  high:\n", "where", "  fa:\n    where: \n    title: x\n"),
        ("kind: member_coupon, ", "", "kind", "stock: 10, kind: }"),
        (
            "    plays:\n",
            "    duties:\n      - due: D-2\n    plays:\n",
            "text",
            "      - due: D-2\n        text: \n    plays:",
        ),
        # The first key of an item has braces; they are not those of the item.
        ("  - id: burst\n    kind: burst\n    title", "  - title", "kind", "en: Burst}\n    kind: \n"),
    ],
)
def test_a_missing_key_is_added_where_its_owner_stands(path: Path, old: str, new: str, key: str, mended: str) -> None:
    after = fixed(path, changed(old, new), f"Add `{key}`")
    assert after is not None
    assert mended in after
    assert "C001" not in errors(path, after)


def test_a_key_that_stands_on_a_line_with_tabs_is_not_added_again(path: Path) -> None:
    text = changed("        audience: high\n", "\taudience: high\n")
    assert errors(path, text) == ["C002"]
    assert fixed(path, text, "Add `audience`") is None


# -- accept ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("accept: {C113: a b, C166: c}\n", "accept: {C166: c}\n"),
        ("accept: {C166: c, C113: a b}\n", "accept: {C166: c}\n"),
        ("accept: {C174: a,\n  C113: b,\n  C166: c}\n", "accept: {C174: a,\n  C166: c}\n"),
        ("accept: {C113: a}\n", ""),
        ("accept:\n  C113: a\n", ""),
        ("accept:\n  C113: >\n    a\n    # b\n\n  # c\n  C166: c\n", "accept:\n\n  # c\n  C166: c\n"),
        ("accept:\n  C166: c\n  C113:\n    zh: 甲\n    en: >\n      b\n# d\n", "accept:\n  C166: c\n# d\n"),
        ("accept:\n  C166: c\n  C113: {zh: 甲,\n    en: b}\n", "accept:\n  C166: c\n"),
    ],
)
def test_only_the_acceptance_that_nothing_needs_is_deleted(path: Path, written: str, left: str) -> None:
    after = fixed(path, changed("audiences:\n", f"{written}audiences:\n"), "No longer accept C113")
    assert after == changed("audiences:\n", f"{left}audiences:\n")


@pytest.mark.parametrize(("end", "left"), [("  C166: c\n  C113: a", "accept:\n  C166: c\n"), ("  C113: >\n    a", "")])
def test_an_acceptance_at_the_end_of_the_text_is_deleted(path: Path, end: str, left: str) -> None:
    assert fixed(path, f"{CALENDAR}accept:\n{end}", "不再接受 C113", "zh") == CALENDAR + left


@pytest.mark.parametrize(
    "written",
    [
        "",
        "accept:\n    C166: x\n",
        "accept:\n  # why\n  'C166': x\n",
        "accept: null\n",
        "accept: ~  # none\n",
        "accept:\n",
        "accept: {}\n",
        "accept: {C166: x}\n",
        "accept: {C166: x,\n  C113: y}\n",
    ],
)
@pytest.mark.parametrize("at_the_end", [False, True])
def test_a_warning_is_accepted_however_accept_is_written(path: Path, written: str, at_the_end: bool) -> None:
    text = CALENDAR + written.rstrip("\n") if at_the_end else changed("audiences:\n", f"{written}audiences:\n")
    after = fixed(path, text, "Accept C174 with a reason")
    assert after is not None
    known = sheet(path, after)
    assert errors(path, after) == []
    assert [p.severity for p in known.look.problems if p.code == "C174"] == ["info"]
    assert known.text_at(("accept", "C174")) == "why it is right here"
    assert known.text_at(("accept", "C166")) == sheet(path, text).text_at(("accept", "C166"))


@pytest.mark.parametrize("written", ["accept: [C166]\n", "accept: soon\n", "accept:\n  C174:\n"])
def test_where_accept_takes_no_entry_none_is_offered(path: Path, written: str) -> None:
    assert fixed(path, changed("audiences:\n", f"{written}audiences:\n"), "Accept C174 with a reason") is None


# -- tabs --------------------------------------------------------------------------------


def with_tabs(text: str) -> str:
    """The text as somebody writes it whose editor indents with a tab a level."""
    return "\n".join("\t" * ((len(line) - len(line.lstrip(" "))) // 2) + line.lstrip(" ") for line in text.split("\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  high:\n", "\thigh:\n"),
        ("  high:\n    title", "  high:\n\ttitle"),
        ("    where: aud", "\twhere: aud"),
        ("benefits:\n", "\tbenefits:\n"),
        ("  high:\n    title", "\thigh:\n\t\ttitle"),
        ("        audience: high\n", "\taudience: high\n"),
        ("        audience: high\n", "    \taudience: high\n"),
        ("    kind: burst\n", "\t\t\tkind: burst\n"),
        ("      - id: recall\n", "\t- id: recall\n"),
        ("      - id: reminder\n        aud", "\t- id: reminder\n\t  aud"),
        ("recall.txt\n      - id", "recall.txt\n\t- id"),
        ("        at: daily 10:00\n", "\t\tat: daily 10:00\n"),
        (CALENDAR, with_tabs(CALENDAR)),
    ],
)
def test_a_line_with_tabs_gets_the_indentation_of_its_siblings(path: Path, old: str, new: str) -> None:
    if old == CALENDAR:
        assert errors(path, fixed(path, new, "Indent with spaces") or "") == []
    else:
        assert fixed(path, changed(old, new), "Indent with spaces") == CALENDAR


def test_tabs_in_several_places_comments_and_blank_lines_go_together(path: Path) -> None:
    text = changed("        audience: high\n", "\t\t# whom\n\t\taudience: high\n").replace(
        "    kind: burst\n", "\tkind: burst\n"
    )
    after = changed("        audience: high\n", "        # whom\n        audience: high\n")
    assert fixed(path, text, "制表符改为空格", "zh") == after


@pytest.mark.parametrize("line", ["\tfoo\n", "\t\tnonsense: x\n"])
def test_where_the_place_of_a_line_with_tabs_is_unknown_nothing_is_offered(path: Path, line: str) -> None:
    assert fixed(path, CALENDAR + line, "Indent with spaces") is None


# -- what would do harm ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "both", "title"),
    [
        ("audience: high\n", "audiense: high\n", "audience: high\n        audiense: high\n", "Write 'audience'"),
        ("stock: 10}", "stok: 10}", "stock: 10, stok: 10}", "Write 'stock'"),
    ],
)
def test_a_key_that_stands_there_already_is_not_suggested(
    path: Path, right: str, wrong: str, both: str, title: str
) -> None:
    assert fixed(path, changed(right, wrong), title) == CALENDAR
    assert fixed(path, changed(right, both), title) is None


def test_a_fix_that_brings_a_value_to_light_is_offered(path: Path) -> None:
    after = fixed(path, changed("stock: 10}", "stok: ten}"), "Write 'stock'")
    assert after == changed("stock: 10}", "stock: ten}")


def test_a_fix_is_tried_with_the_line_that_is_being_typed(path: Path) -> None:
    text = changed("        audience: high\n", "        aud\n")
    line = text[: text.index("        aud\n")].count("\n")
    one = Sheet(path.as_uri(), path, text, edited=line)
    assert "Accept C166 with a reason" in {action.title for action in fixes(one, ALL, "en")}

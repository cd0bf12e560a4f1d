"""Every remedy leads on: what it says to write is written into the failing example, and the finding is gone.

Remedies that name what to write are followed to the letter, in the place they point to; those that say what to do
to the text that is there by edits of it (`followed`); the few that nobody but a person can follow are listed with
their reason, and their passing example is the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from campaign_calendars.checks import RULES, check, load_store
from campaign_calendars.findings.problem import Problem
from campaign_calendars.reading.loading import bind, load_calendar

from .examples import CALENDAR, OF_A_STORE, SALTS, SOURCES, STORE, divided, patched, problems_of_example
from .followed import BY_ITS_WORDS, NEEDS_A_PERSON, Edits

YAML = sorted(
    code
    for code, rule in RULES.items()
    if rule.is_of_yaml and code > "C019" and rule.examples()[0] and code[:3] != "C18"
)
_WORD = re.compile(r"[\"']?[\w.\-/]+[\"']?")


def judged(calendar_text: str, store_text: str) -> list[Problem]:
    calendar, store = load_calendar(calendar_text, "calendar.yaml"), load_store(store_text, "store.yaml")
    problems = [*calendar.problems, *store.problems]
    if calendar.model is not None and store.model is not None:
        problems += check(bind(calendar, store.model), None, SOURCES, salts=SALTS)
    return problems


def _replaced(text: str, problem: Problem, word: str) -> str:
    """The text with `word` where the finding stands; quotes around what stood there stay."""
    lines = text.splitlines(keepends=True)
    line, column = lines[problem.location.line - 1], problem.location.column - 1
    found = _WORD.match(line, column)
    assert found is not None, (line, column)
    quote = found[0][0] if found[0][0] in "\"'" and found[0][-1] == found[0][0] else ""
    lines[problem.location.line - 1] = line[: found.start()] + quote + word + quote + line[found.end() :]
    return "".join(lines)


def _without_line(text: str, problem: Problem) -> str:
    lines = text.splitlines(keepends=True)
    del lines[problem.location.line - 1]
    return "".join(lines)


def _line_set(text: str, _: Problem, line: str) -> str:
    return patched(text, f"{line}\n")


def _replaced_key(text: str, problem: Problem, line: str) -> str:
    """`key: value` in place of what the key has where the finding stands."""
    key = line.split(":", 1)[0]
    lines = text.splitlines(keepends=True)
    at = problem.location.line - 1
    if f"{key}:" not in lines[at]:
        lines[at] = re.sub(r"\}\s*$", f", {line}}}\n", lines[at])
    lines[at] = re.sub(rf"\b{re.escape(key)}: *[^,}}\n]+", line, lines[at])
    return "".join(lines)


FOLLOW: tuple[tuple[str, Callable[..., str]], ...] = (
    (r"Did you mean '([^']+)'\?", _replaced),
    (r"Known names: ([\w-]+)\.$", _replaced),
    (r"Delete the line\.", _without_line),
    (r"Give it a day: `([^`]+)`", _line_set),
    (r"Write `([\w.:/ -]+)`\.$", _replaced_key),
)


def followed(code: str) -> tuple[str, str, str] | None:
    """The failing example after each of its remedies is followed, calendar and store; None when none says what."""
    failing = RULES[code].examples()[0]
    of_calendar, of_store = ("", failing) if code in OF_A_STORE else divided(failing)
    texts = {"calendar.yaml": patched(CALENDAR, of_calendar), "store.yaml": patched(STORE, of_store)}
    hint = ""
    for turn in range(5):
        problem = next((p for p in judged(texts["calendar.yaml"], texts["store.yaml"]) if p.code == code), None)
        if problem is None:
            if not turn:  # its example is looked at otherwise, with messages or as a file
                return None
            break
        steps = [(step, match) for words, step in FOLLOW if (match := re.search(words, problem.hint or ""))]
        if not steps:
            return None
        step, match = steps[0]
        hint = problem.hint or ""
        file = str(problem.location.file)
        texts[file] = step(texts[file], problem, *match.groups())
    return texts["calendar.yaml"], texts["store.yaml"], hint


TO_THE_LETTER = {code: made for code in YAML if (made := followed(code)) is not None}


def test_remedies_that_name_what_to_write_are_many() -> None:
    assert len(TO_THE_LETTER) >= 12, sorted(TO_THE_LETTER)


@pytest.mark.parametrize("code", sorted(TO_THE_LETTER))
def test_a_remedy_followed_to_the_letter_leads_on(code: str) -> None:
    calendar, store, hint = TO_THE_LETTER[code]
    left = [problem for problem in judged(calendar, store) if problem.severity == "error" or problem.code == code]
    assert not left, (hint, [f"{p.location.line} {p.code} {p.message} → {p.hint}" for p in left])


def _edited(text: str, edits: Edits) -> tuple[str, bool]:
    """The text with what stands there replaced, and whether anything was."""
    new = text
    for old, written in edits:
        new = new.replace(old, written)
    return new, new != text


@pytest.mark.parametrize("code", sorted(BY_ITS_WORDS))
def test_a_remedy_followed_by_its_words_leads_on(code: str) -> None:
    """The failing example is found, with a remedy in both languages; edited as it says, it is clean."""
    failing = RULES[code].examples()[0]
    hints = {(p.hint, p.hint_zh) for p in problems_of_example(code, failing) if p.code == code}
    assert hints
    assert all(hint and hint_zh for hint, hint_zh in hints)
    if code > "C028" and code[:2] != "C6" and code[0] != "S":
        of_calendar, of_store = divided(failing)
        calendar, changed = _edited(patched(CALENDAR, of_calendar), BY_ITS_WORDS[code])
        store = patched(STORE, of_store)
        if not changed:
            store, changed = _edited(store, BY_ITS_WORDS[code])
        assert changed, "nothing of it stands in the example"
        found = judged(calendar, store)
    else:
        text, changed = _edited(failing, BY_ITS_WORDS[code])
        assert changed, "nothing of it stands in the example"
        found = problems_of_example(code, text)
    # An example of the syntax is a line or two: what else a calendar needs is not there.
    missing = {"C020", "C021"} - {code} if code < "C028" else set()
    left = [
        p
        for p in found
        if (p.code == code and "(accepted:" not in p.message) or (p.severity == "error" and p.code not in missing)
    ]
    assert not left, (hints, [f"{p.location.line} {p.code} {p.message} → {p.hint}" for p in left])


def test_every_remedy_is_followed_or_says_why_not() -> None:
    listed = [code for codes in NEEDS_A_PERSON.values() for code in codes]
    of_examples = {code for code, rule in RULES.items() if rule.examples()[0]}
    followed = {*TO_THE_LETTER, *BY_ITS_WORDS}
    assert sorted([*followed, *listed]) == sorted(of_examples)


@pytest.mark.parametrize("code", [code for code in YAML if code > "C028"])
def test_the_way_out_of_a_finding_ends_in_a_check_without_errors(code: str) -> None:
    left = [p for p in problems_of_example(code, RULES[code].examples()[1]) if p.severity == "error"]
    assert not left, [f"{p.code} {p.message}" for p in left]


@pytest.mark.parametrize(
    ("key", "written", "right"),
    [
        ("value", "'8折'", "0.8"), ("value", "'95折'", "0.95"), ("value", "'8.5折'", "0.85"),
        ("to", "2026-03-8", "2026-03-08"), ("to", "2026/3/8", "2026-03-08"), ("at", "daily 9:00", "09:00"),
    ],
)  # fmt: skip
def test_a_remedy_is_made_of_the_value_that_was_written(key: str, written: str, right: str) -> None:
    """What cannot be read is answered with that value written right, or is read as such."""
    if key == "value":
        text = patched(
            CALENDAR,
            f"benefits: {{c: {{kind: member_price, item: tea, rate: {written}, unit_cost: 5, pool: coupons}}}}\n",
        )
    elif key == "at":
        text = CALENDAR.replace("at: D-1 10:00", f"at: {written}")
    else:
        text = CALENDAR.replace("to: D}", f"to: {written}}}")
    assert text != CALENDAR
    found = [p for p in judged(text, STORE) if p.severity == "error"]
    assert all(right in (p.hint or "") for p in found), [f"{p.code} {p.message} → {p.hint}" for p in found]

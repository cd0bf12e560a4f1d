"""What an editor is answered: findings with fixes, meaning, completion, names, dates, outline. In both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pygls")

from lsprotocol.types import CompletionItemKind, Position, Range, TextDocumentEdit, TextEdit

from campaign_calendars.findings.errors import UsageError
from promocal.editor.completing import completion, template_completion
from promocal.editor.counting import Counts
from promocal.editor.diagnosing import diagnostics
from promocal.editor.fixing import fixes
from promocal.editor.hinting import hints
from promocal.editor.hovering import hover
from promocal.editor.lensing import lenses
from promocal.editor.navigating import applied, definition, references, renamable, rename
from promocal.editor.outlining import outline
from promocal.editor.sheets import Sheet
from tests.promocal.editor.written import ALL, CALENDAR, at, changed, cut, sheet

# -- diagnostics -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "underlined"),
    [
        ("audience: high", "audience: hihg", "C120", "hihg"),
        ("stock: 10}", "stok: 10}", "C020", "stok"),
        ("tier >= 'gold'", "tieer >= 'gold'", "C131", "tieer"),
        ("        at: daily 10:00", "        at", "C001", "at"),
        ("value: 30.00", "value: thirty", "C022", "thirty"),
        ("recall.txt\n      - id", "recal.txt\n      - id", "C604", "messages/recal.txt"),
        ("en: Recall}", "en: Recall, fr: x}", "C020", "fr"),
    ],
)
def test_a_finding_underlines_what_is_wrong_and_says_the_remedy(
    path: Path, old: str, new: str, code: str, underlined: str
) -> None:
    one = sheet(path, changed(old, new))
    for lang, arrow in (("en", "→"), ("zh", "→")):
        found = [d for d in diagnostics(one, lang)[path] if d.code == code]
        assert [cut(one, d.range) for d in found][:1] == [underlined]
        assert arrow in found[0].message
    assert diagnostics(one, "en")[path] != diagnostics(one, "zh")[path]


def test_what_is_wrong_in_another_file_is_told_of_that_file(path: Path) -> None:
    message = path.parent.parent / "messages" / "recall.txt"
    message.write_text("{{ member.phone }}", "utf-8")
    found = diagnostics(sheet(path), "en")
    assert [d.code for d in found[message]] == ["C602"]


def test_a_store_that_cannot_be_read_is_a_finding(path: Path) -> None:
    (path.parent.parent / "stores" / "shop.yaml").write_bytes(b"store: \xff\xfe")
    one = sheet(path)
    english, chinese = (diagnostics(one, lang)[path] for lang in ("en", "zh"))
    assert [d.code for d in english] == ["C101"]
    assert english[0].message != chinese[0].message
    assert hints(one, ALL, "en")


# -- fixes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "title", "mended"),
    [
        ("audience: high", "audience: hihg", "Write 'high'", "audience: high"),
        ("stock: 10}", "stok: 10}", "Write 'stock'", "stock: 10}"),
        ("tier >= 'gold'", "tieer >= 'gold'", "Write 'tier'", "and tier >= 'gold'"),
        ("timezone: Asia", "timezone：Asia", "Write ordinary punctuation", "timezone: Asia"),
        ("benefits: [c30]", "benefits: [c30，c31]", "Write ordinary punctuation", "benefits: [c30, c31]"),
        ("  everybody: {", "\teverybody: {", "Indent with spaces", "  everybody: {"),
        ("recall.txt\n      - id", "recal.txt\n      - id", "Write 'messages/recall.txt'", "recall.txt\n      - id"),
        ("        audience: high\n", "", "Add `audience`", "      - id: recall\n        audience: \n"),
        (
            "  c30: {kind: member_coupon, title: {zh: 三十元券, en: Coupon of 30}, threshold: 199.00, value: 30.00,",
            "  c30: {kind: member_items_discount, items: 2, rate: 8,",
            "Write 8折",
            "rate: 8折,",
        ),
        ("audiences:\n", "accept:\n  C109: x\naudiences:\n", "No longer accept C109", "2026-03-08\naudiences:\n"),
    ],
)
def test_a_quick_fix_does_what_the_remedy_says(path: Path, old: str, new: str, title: str, mended: str) -> None:
    one = sheet(path, changed(old, new))
    found = {action.title: action for action in fixes(one, ALL, "en")}
    assert title in found, list(found)
    edit = found[title].edit
    assert edit is not None
    assert edit.changes is not None
    assert mended in applied(one, list(edit.changes[one.uri]))


def test_a_warning_is_accepted_with_room_for_the_reason(path: Path) -> None:
    one = sheet(path)
    action = next(action for action in fixes(one, ALL, "zh") if action.title == "接受 C166 并写明原因")
    assert action.edit is not None
    assert action.edit.changes is not None
    after = sheet(path, applied(one, list(action.edit.changes[one.uri])))
    assert [p.severity for p in after.look.problems if p.code == "C166"] == ["info"]


@pytest.mark.parametrize("first", ["accept:\n  C166: one coupon\n", "accept: {C166: one coupon}\n"])
def test_a_second_warning_is_accepted_beside_the_first(path: Path, first: str) -> None:
    one = sheet(path, changed("audiences:\n", f"{first}audiences:\n"))
    action = next(action for action in fixes(one, ALL, "en") if action.title == "Accept C174 with a reason")
    assert action.edit is not None
    assert action.edit.changes is not None
    after = sheet(path, applied(one, list(action.edit.changes[one.uri])))
    assert {p.code for p in after.look.problems if p.severity == "info"} >= {"C166", "C174"}


def test_a_missing_message_is_made(path: Path) -> None:
    one = sheet(path, changed("recall.txt\n      - id", "new-one.txt\n      - id"))
    action = next(action for action in fixes(one, ALL, "en") if action.title == "Create messages/new-one.txt")
    assert action.edit is not None
    made, written = action.edit.document_changes or ()
    assert str(getattr(made, "uri", "")).endswith("/messages/new-one.txt")
    assert isinstance(written, TextDocumentEdit)


# -- hover -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "offset", "english", "chinese"),
    [
        ("threshold: 199", 2, "Basket", "门槛"),
        ("audience: high", 12, "audience('everybody')", "高等级"),
        ("[c30]", 2, "Coupon of 30", "三十元券"),
        ("D-1 10:00", 2, "2026-03-07 Sat 10:00", "2026-03-07 周六 10:00"),
        ("tier >=", 1, "Highest tier", "等级"),
        ("member_coupon", 3, "member_coupon", "会员"),
        ("[sms]\n        at: D-1", 2, "consent: required", "短信"),
    ],
)
def test_hover_tells_what_a_word_means(path: Path, mark: str, offset: int, english: str, chinese: str) -> None:
    one = sheet(path)
    for lang, wanted in (("en", english), ("zh", chinese)):
        told = hover(one, at(CALENDAR, mark, offset), lang)
        assert told is not None
        assert wanted.lower() in str(getattr(told.contents, "value", "")).lower()


def test_hover_on_a_target_tells_what_is_counted(path: Path) -> None:
    text = changed("    kind: burst\n", "    kind: burst\n    targets: {gmv: 1000.00}\n")
    for lang, counts in (("en", "paid orders of the window"), ("zh", "窗口内付款订单金额")):
        told = hover(sheet(path, text), at(text, "gmv", 1), lang)
        assert told is not None
        assert counts in str(getattr(told.contents, "value", ""))


def test_hover_on_a_figure_of_peers_tells_what_is_counted(path: Path) -> None:
    text = changed("waves:", "peers: [{metric: gmv, figure: 1000, source: peers}]\nwaves:")
    told = hover(sheet(path, text), at(text, "gmv", 1), "zh")
    assert told is not None
    assert "窗口内付款订单金额" in str(getattr(told.contents, "value", ""))


def test_hover_on_a_finding_explains_its_check(path: Path) -> None:
    text = changed("audience: high", "audience: hihg")
    told = hover(sheet(path, text), at(text, "hihg", 1), "en")
    assert told is not None
    assert "**C120**" in str(getattr(told.contents, "value", ""))


# -- completion --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "wanted", "unwanted"),
    [
        ("audience: high", "audience: @@", {"high", "everybody"}, {"c30"}),
        ("benefits: [c30]", "benefits: [@@", {"c30"}, {"high"}),
        ("benefits: [c30]", "benefits:\n          - @@", {"c30"}, {"high"}),
        ("at: D-1 10:00", "ho@@", {"holdout", "priority"}, {"audience", "calendar"}),
        ("wave: wave-1", "wave: @@", {"wave-1"}, {"high"}),
        ("kind: burst", "kind: @@", {"presale", "burst"}, {"member_coupon"}),
        ("kind: member_coupon", "kind: @@", {"member_coupon", "flash_sale"}, {"presale"}),
        ("tier >= 'gold'", "@@", {"spend_90d", "audience", "and"}, {"c30"}),
        ("audience('everybody')", "audience('@@", {"everybody", "high"}, {"spend_90d"}),
        ("window: {from: D-3, to: D}\n    plays", "window: {from: D-3, @@\n    plays", {"to"}, {"from", "plays"}),
        ("    kind: burst\n", "    kind: burst\n    @@\n", {"goal", "targets", "stage"}, {"kind", "audience"}),
        ("waves:", "@@\nwaves:", {"budget", "holdout"}, {"calendar", "audience"}),
        ("store: shop", "store: shop\n@@", {"title", "verified"}, {"store"}),
        (
            "message: messages/recall.txt\n      - id",
            "message: @@\n      - id",
            {"messages/recall.txt"},
            {"high"},
        ),
        ("    kind: burst\n", "    kind: burst\n    targets: {@@\n", {"gmv", "reach"}, {"kind"}),
        ("waves:", "peers: [{metric: @@}]\nwaves:", {"repeat_rate", "gmv"}, {"tier_counts", "audience"}),
        ("waves:", "accept:\n  @@\nwaves:", {"C166", "C174"}, {"C120", "budget"}),
        ("day_zero: 2026-03-08", "day_zero: {festival: @@", {"qixi", "spring-festival"}, {"high"}),
        ("channels: [sms]\n        at: daily", "channels: [@@]\n        at: daily", {"sms"}, {"high"}),
    ],
)
def test_completion_offers_what_fits(path: Path, old: str, new: str, wanted: set[str], unwanted: set[str]) -> None:
    text = changed(old, new)
    place = at(text, "@@")
    found = {item.label for item in completion(sheet(path, text.replace("@@", "")), place, "zh").items}
    assert wanted <= found
    assert not unwanted & found


def test_a_key_is_replaced_as_a_whole_and_gets_no_second_colon(path: Path) -> None:
    found = completion(sheet(path), at(CALENDAR, "wave: wave-1", 2), "en").items
    wave = next(one for one in found if one.label == "wave")
    assert wave.kind == CompletionItemKind.Property
    assert isinstance(wave.text_edit, TextEdit)
    assert wave.text_edit.new_text == "wave"
    assert wave.text_edit.range.end.character - wave.text_edit.range.start.character == len("wave")
    fresh = changed("    wave: wave-1", "    wa")
    items = completion(sheet(path, fresh), at(fresh, "    wa\n", 6), "en").items
    assert next(one for one in items if one.label == "wave").text_edit.new_text == "wave: "  # type: ignore[union-attr]


def test_what_is_offered_is_described_in_the_language_of_the_editor(path: Path) -> None:
    for lang, title in (("en", "Upper tiers"), ("zh", "高等级")):
        found = completion(sheet(path), at(CALENDAR, "audience: high", 10), lang).items
        assert {item.label: item.detail for item in found}["high"] == title


def test_variables_of_messages_are_offered_inside_their_braces() -> None:
    inside = template_completion("您好 {{ mem", Position(0, 9), "zh").items
    assert "member.name" in {item.label for item in inside}
    assert template_completion("您好 {{ member.name }} ", Position(0, 22), "zh").items == []


# -- names -------------------------------------------------------------------------------


def with_sheet(path: Path, rows: str = "tea,burst,1") -> Sheet:
    """The calendar with prices in a sheet of its project."""
    (path.parent.parent / "prices.csv").write_text(f"goods,phase,list price\n{rows}\n", "utf-8")
    return sheet(path, CALENDAR.replace("\nphases:", "\nprices: {from: prices.csv}\nphases:"))


def test_a_wrong_cell_is_told_on_the_line_that_names_its_sheet(path: Path) -> None:
    one = with_sheet(path, "tea,burst,8折")
    for lang in ("en", "zh"):
        [found] = [d for d in diagnostics(one, lang)[path] if "prices.csv!C2" in d.message]
        assert (found.code, cut(one, found.range)) == ("C022", "prices.csv")
    (path.parent.parent / "prices.csv").write_text("goods,phase,list price\ntea,burst,8\n", "utf-8")
    assert not any("prices.csv!C2" in d.message for d in diagnostics(sheet(path, one.text), "en")[path])


def test_the_name_of_a_sheet_leads_to_its_file_and_is_completed(path: Path) -> None:
    one = with_sheet(path)
    [there] = definition(one, at(one.text, "prices.csv", 3))
    assert there.uri == (path.parent.parent / "prices.csv").resolve().as_uri()
    text = one.text.replace("from: prices.csv", "from: ")
    place = at(text, "prices: {from: ", len("prices: {from: "))
    assert [item.label for item in completion(sheet(path, text), place, "en").items] == ["prices.csv"]
    text = one.text.replace("{from: prices.csv}", "\n  fr")
    keys = completion(sheet(path, text), at(text, "  fr\n", 4), "zh").items
    assert {"from", "sheet"} <= {item.label for item in keys}


def test_from_a_use_to_the_definition_and_back(path: Path) -> None:
    one = sheet(path)
    there = definition(one, at(CALENDAR, "audience: high", 11))
    assert [(where.uri, cut(one, where.range)) for where in there] == [(one.uri, "high")]
    assert there[0].range.start == at(CALENDAR, "  high:", 2)
    uses = references(one, at(CALENDAR, "  high:", 3), with_definition=False)
    assert [where.range.start for where in uses] == [at(CALENDAR, "audience: high", 10)]
    inside = references(one, at(CALENDAR, "  everybody:", 3), with_definition=True)
    assert [cut(one, where.range) for where in inside] == ["everybody", "everybody", "everybody"]


def test_messages_channels_and_the_store_are_defined_in_their_files(path: Path) -> None:
    one = sheet(path)
    message = definition(one, at(CALENDAR, "recall.txt\n      - id", 3))
    assert message[0].uri.endswith("/messages/recall.txt")
    channel = definition(one, at(CALENDAR, "[sms]\n        at: D-1", 2))
    assert channel[0].uri.endswith("/stores/shop.yaml")
    assert channel[0].range.start.line == 5
    assert definition(one, at(CALENDAR, "store: shop", 8))[0].uri.endswith("/stores/shop.yaml")
    assert len(references(one, at(CALENDAR, "recall.txt\n      - id", 3), with_definition=True)) == 2


def test_a_thing_is_renamed_wherever_it_is_named(path: Path) -> None:
    one = sheet(path)
    edit = rename(one, at(CALENDAR, "  everybody:", 3), "all-members")
    assert edit is not None
    assert edit.changes is not None
    after = applied(one, list(edit.changes[one.uri]))
    assert "everybody" not in after
    assert after.count("all-members") == 3
    assert not [p for p in sheet(path, after).look.problems if p.severity == "error"]


@pytest.mark.parametrize("new", ["High Tiers", "everybody", ""])
def test_a_name_that_will_not_do_is_refused(path: Path, new: str) -> None:
    with pytest.raises(UsageError) as refused:
        rename(sheet(path), at(CALENDAR, "audience: high", 11), new)
    assert refused.value.text("zh") != refused.value.text("en")


def test_what_the_calendar_does_not_define_is_not_renamed(path: Path) -> None:
    assert renamable(sheet(path), at(CALENDAR, "[sms]\n        at: D-1", 2)) is None
    assert renamable(sheet(path), at(CALENDAR, "audience: high", 11)) is not None


# -- hints, lenses, outline --------------------------------------------------------------


def test_every_relative_moment_has_its_date_and_weekday(path: Path) -> None:
    one = sheet(path)
    labels = {hint.position.line + 1: hint.label for hint in hints(one, ALL, "en")}
    lines = {mark: CALENDAR[: CALENDAR.index(mark)].count("\n") + 1 for mark in ("day_zero", "at: D-1", "at: daily")}
    assert labels[lines["day_zero"]] == "Sun"
    assert labels[lines["at: D-1"]] == "2026-03-07 Sat 10:00"
    assert labels[lines["at: daily"]] == "4 times, 2026-03-05 Thu to 2026-03-08 Sun"
    chinese = [str(hint.label) for hint in hints(one, ALL, "zh")]
    assert "2026-03-08 周日 23:59:59" in chinese
    assert "4 次，2026-03-05 周四 至 2026-03-08 周日" in chinese
    assert hints(one, Range(Position(0, 0), Position(1, 0)), "en") == []


def test_a_day_by_which_people_have_to_do_something_has_no_hour(path: Path) -> None:
    one = sheet(path, changed("    plays:\n", "    duties: [{id: a, text: {en: Do, zh: 做}, due: D-2}]\n    plays:\n"))
    labels = [str(hint.label) for hint in hints(one, ALL, "zh")]
    assert "2026-03-06 周五" in labels
    assert "2026-03-06 周五 00:00" not in labels
    one = sheet(path, changed("    plays:\n", "    duties: [{id: a, text: {zh: 做}, due: start - 1d}]\n    plays:\n"))
    assert "2026-03-04 周三 00:00" in [str(hint.label) for hint in hints(one, ALL, "zh")]


def test_lenses_show_members_stock_and_plan_where_they_are_known(path: Path) -> None:
    one = sheet(path)
    assert [lens.command and lens.command.title for lens in lenses(one, None, "en")] == ["stock 10"]
    known = Counts({"high": 1234, "gone": 5}, {"c30": 4})
    assert [lens.command and lens.command.title for lens in lenses(one, known, "zh")] == [
        "1,234 人",
        "库存 10，计划发放 4，40%",
    ]


def test_the_outline_goes_by_wave_phase_and_play(path: Path) -> None:
    found = {symbol.name: symbol for symbol in outline(sheet(path), "zh")}
    assert list(found) == ["audiences", "benefits", "wave-1"]
    phase = (found["wave-1"].children or ())[0]
    assert (phase.name, phase.detail) == ("burst", "爆发")
    assert [play.name for play in phase.children or ()] == ["recall", "reminder"]


# -- half-typed and odd texts ------------------------------------------------------------


def test_half_typed_text_keeps_hints_names_and_outline(path: Path) -> None:
    text = changed("        audience: high\n", "        aud\n")
    one = sheet(path, text)
    assert [d.code for d in diagnostics(one, "en")[path] if d.severity == 1] == ["C001"]
    assert len(hints(one, ALL, "en")) == 6
    assert [symbol.name for symbol in outline(one, "en")] == ["audiences", "benefits", "wave-1"]
    items = completion(one, at(text, "        aud\n", 11), "en").items
    assert "audience" in {item.label for item in items}


@pytest.mark.parametrize(
    "text", ["", "\n", "a", "[", "'", "\t", "- {a: [", "😀: 😀", "\r\n\r\n", "\ufeffcalendar: x", CALENDAR[:200]]
)
@pytest.mark.parametrize("place", [Position(0, 0), Position(0, 99), Position(99, 0), Position(2**31 - 1, 2**31 - 1)])
def test_any_place_of_any_text_is_answered(path: Path, text: str, place: Position) -> None:
    one = sheet(path, text)
    where = Range(place, place)
    diagnostics(one, "en")
    for lang in ("en", "zh"):
        hover(one, place, lang)
        completion(one, place, lang)
        fixes(one, where, lang)
        hints(one, where, lang)
        outline(one, lang)
        lenses(one, None, lang)
    definition(one, place)
    references(one, place, with_definition=True)
    rename(one, place, "x") if renamable(one, place) else None


def test_an_emoji_before_a_finding_counts_as_the_editor_counts(path: Path) -> None:
    text = changed("title: {zh: 召回😀, en: Recall}", "title: {zh: 召回😀, fr: x}")
    one = sheet(path, text)
    found = next(d for d in diagnostics(one, "en")[path] if d.code == "C020")
    assert found.range.start == at(text, "fr: x")

"""Codes of partners in a real project: one a message, in the text and nowhere else, back when it is stopped."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import ProblemsFoundError
from tasks.calendars.codes import UnreadCodesError, digest, masked_code, read_codes
from tasks.exporting.pack import export_pack
from tasks.outreach.outreach import dispatch_run
from tasks.planning.plan import plan
from tasks.running.phase import RunOutcome, run_phase
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS, ZONE, write_project
from tests.pulling import refresh

AT = datetime(2026, 3, 8, 10, tzinfo=ZONE)
CALENDAR = "small-sale"
CODES = ["QX-SECRET-0001", "QX-SECRET-0002", "QX-SECRET-0003"]
_BENEFIT = "month: {kind: partner, brand: Youku, item: a month, unit_cost: 5.00, codes: codes/youku.csv%s}"


class Shop:
    """Eight members; the only play gives each a month, for which there are three codes."""

    def __init__(self, root: Path, codes: list[str], *, plain: bool = True, more: str = "") -> None:
        write_project(root, [AT])
        self.root, self.now = root, AT - timedelta(hours=1)
        calendar = root / "calendars" / "small-sale.yaml"
        text = calendar.read_text("utf-8").replace("benefits: [coupon_10]", "benefits: [month]")
        text = text.replace("coupon_10: {kind: member_coupon, threshold: 50.00, value: 10.00}", _BENEFIT % more)
        calendar.write_text(text.replace("holdout: 20%", "").replace("holdout: {campaign: 10%, salt: small-sale}", ""))
        (root / "messages" / "recall.txt").write_text("{{ member.name }}：{{ benefit.code }}", "utf-8")
        self.write(codes)
        if plain:
            with (root / "promocal.toml").open("a") as file:
                file.write('personal_data = "plain"\n')
        self.rt: Runtime = open_runtime(root, clock=lambda: self.now)

    def write(self, codes: list[str]) -> None:
        (self.root / "codes").mkdir(exist_ok=True)
        (self.root / "codes" / "youku.csv").write_text("\n".join(["code", *codes]) + "\n", "utf-8")

    def run(self, at: datetime = AT) -> RunOutcome:
        self.now = at
        refresh(self.rt, CALENDAR, at)
        return run_phase(self.rt, CALENDAR, "burst", AT)

    def texts(self) -> dict[str, str]:
        found = {}
        for file in (self.root / "var" / "outbox").rglob("*.csv"):
            with file.open(encoding="utf-8-sig", newline="") as opened:
                found |= {row["intent_key"]: row["text"] for row in csv.DictReader(opened)}
        return found


def given(shop: Shop) -> list[str]:
    return sorted(text.split("：")[1] for text in shop.texts().values())


def test_three_codes_for_four_members(tmp_path: Path) -> None:
    """And for eight: as many as `codes` has get one each, the others `benefit_stock`."""
    shop = Shop(tmp_path, CODES)
    outcome = shop.run()
    assert (outcome.chosen, outcome.plays[0].excluded) == (3, {"benefit_stock": 5})
    assert given(shop) == CODES
    assert [row.status for row in shop.rt.ledger.code_rows("youku")] == ["sent"] * 3
    assert dispatch_run(shop.rt, outcome.run_id).sent == 0
    assert given(shop) == CODES


def test_a_stock_below_the_codes_counts_and_codes_that_come_later_do_too(tmp_path: Path) -> None:
    shop = Shop(tmp_path, CODES, more=", stock: 2")
    refresh(shop.rt, CALENDAR, shop.now)
    assert plan(shop.rt, CALENDAR).benefits["month"].granted == 2
    other = Shop(tmp_path / "other", CODES)
    refresh(other.rt, CALENDAR, other.now)
    assert plan(other.rt, CALENDAR).benefits["month"].stock == 3
    other.write([*CODES, "QX-SECRET-0004", "QX-SECRET-0004", ""])
    assert plan(other.rt, CALENDAR).benefits["month"].stock == 4, "the same code again is no other code"


def test_a_stopped_message_gives_its_code_to_another(tmp_path: Path) -> None:
    shop = Shop(tmp_path, CODES[:1])
    shop.now = AT
    refresh(shop.rt, CALENDAR, AT)
    first = run_phase(shop.rt, CALENDAR, "burst", AT)
    assert given(shop) == CODES[:1]
    (job,) = [one for one in shop.rt.ledger.jobs() if one.status == "sent"]
    assert shop.rt.ledger.take_codes("youku", [job.intent_key], [digest("youku", CODES[0])], AT)
    assert first.chosen == 1


def test_nothing_of_promocal_but_the_text_holds_a_code(tmp_path: Path) -> None:
    """Ledger, decisions, snapshots, logs, the set-up pack and a masked channel: a code is in none of them."""
    shop = Shop(tmp_path, CODES, plain=False)
    shop.run()
    pack = export_pack(shop.rt, CALENDAR, tmp_path / "setup", lang="en")
    assert pack.sheets["codes"] == 3
    assert all(text.split("：")[1] == "QX************" for text in shop.texts().values())
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.parent.name != "codes":
            content = file.read_bytes()
            assert not any(code.encode() in content for code in CODES), file
            assert b"SECRET" not in content, file


def test_the_sheet_of_codes_tells_which_are_given_without_telling_them(tmp_path: Path) -> None:
    shop = Shop(tmp_path, [*CODES, "ZZ-LEFT-OVER"], more=", stock: 3")
    shop.run()
    export_pack(shop.rt, CALENDAR, tmp_path / "setup", lang="en", crowds=False)
    with (tmp_path / "setup" / "codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["benefit"], row["code"], row["state"]) for row in rows] == [
        *[("month", "QX************", "sent")] * 3,
        ("month", "ZZ**********", "free"),
    ]


def test_where_codes_run_out_messages_wait_and_go_when_there_are_more(tmp_path: Path) -> None:
    """Another calendar took them in the meantime: nobody gets a message without a code, or one twice."""
    shop = Shop(tmp_path, CODES)
    refresh(shop.rt, CALENDAR, shop.now)
    everything = shop.rt.load_calendar(CALENDAR)
    assert everything.calendar.benefits["month"].stock == 3
    shop.now = AT
    taken = shop.rt.ledger.take_codes

    def fewer(partner: str, keys: list[str], digests: list[str], at: datetime) -> dict[str, str]:
        return taken(partner, keys, digests[:1], at)

    shop.rt.ledger.take_codes = fewer  # type: ignore[assignment,method-assign]
    outcome = run_phase(shop.rt, CALENDAR, "burst", AT)
    assert len(given(shop)) == 1
    assert shop.rt.ledger.stopped(outcome.run_id, status="pending") == {"there is no code of month left": 2}
    shop.rt.ledger.take_codes = taken  # type: ignore[method-assign]
    shop.now = AT + timedelta(hours=2)
    dispatch_run(shop.rt, outcome.run_id)
    assert given(shop) == CODES


def test_a_code_is_paid_for_used_or_not(tmp_path: Path) -> None:
    from tasks.planning.budget import budget

    shop = Shop(tmp_path, CODES, more=", redemption_rate: 50%, valid: 1d")
    shop.run()
    refresh(shop.rt, CALENDAR, AT + timedelta(days=30))
    shop.now = AT + timedelta(days=30)
    (line,) = [
        a for a in budget(shop.rt, CALENDAR, ahead=False).accounts if a.name == "benefit month" and a.unit == "cents"
    ]
    assert (line.spent, line.open, line.expired) == (1500, 0, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"a,b\n", "more than a code in a line"),
        (b"ok\n" + b"x" * 65, "more than 64 characters"),
        (b"code\n\n \n", "has none"),
        (b"a\x00b\n", "more than a code"),
    ],
)
def test_a_file_that_is_no_list_of_codes_stops_everything_and_shows_none(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    shop = Shop(tmp_path, CODES)
    refresh(shop.rt, CALENDAR, AT)
    file = tmp_path / "codes" / "youku.csv"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    shop.now = AT
    with pytest.raises(ProblemsFoundError) as caught:
        run_phase(shop.rt, CALENDAR, "burst", AT)
    (problem,) = caught.value.problems
    assert problem.code == "C630"
    assert said in problem.message
    assert not shop.texts()


def test_a_message_that_hands_out_no_code_is_an_error(tmp_path: Path) -> None:
    shop = Shop(tmp_path, CODES)
    (tmp_path / "messages" / "recall.txt").write_text("a month of Youku", "utf-8")
    with pytest.raises(ProblemsFoundError) as caught:
        shop.run()
    assert [problem.code for problem in caught.value.problems] == ["C631"]


@pytest.mark.parametrize("path", ["../codes.csv", "/etc/passwd", "~/codes", "codes/\u202e.csv"])
def test_codes_are_read_from_the_project_alone(tmp_path: Path, path: str) -> None:
    benefit = Shop(tmp_path, CODES).rt.load_calendar(CALENDAR).calendar.benefits["month"]
    with pytest.raises(UnreadCodesError):
        read_codes(tmp_path, benefit.model_copy(update={"codes": path}))  # type: ignore[arg-type]
    (tmp_path.parent / f"{tmp_path.name}-out.csv").write_text("X\n")
    (tmp_path / "codes" / "link.csv").symlink_to(tmp_path.parent / f"{tmp_path.name}-out.csv")
    with pytest.raises(UnreadCodesError):
        read_codes(tmp_path, benefit.model_copy(update={"codes": "codes/link.csv"}))  # type: ignore[arg-type]


def test_codes_show_themselves_nowhere_by_accident(tmp_path: Path) -> None:
    shop = Shop(tmp_path, CODES)
    benefit = shop.rt.load_calendar(CALENDAR).calendar.benefits["month"]
    codes = read_codes(tmp_path, benefit)  # type: ignore[arg-type]
    assert "SECRET" not in repr(codes) + json.dumps(list(codes.by_digest))
    assert [masked_code(code) for code in ("", "ab", "abcd", "abcde")] == ["", "**", "****", "ab***"]
    assert len(MEMBERS) == 8

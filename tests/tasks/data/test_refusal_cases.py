"""Lists of refusals as people and carriers write them, on a project of three members: who is still written to."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tasks.data.refresh import refresh
from tasks.data.suppressions import SuppressionImport, suppress
from tasks.deciding.decide import decide
from tasks.runtime import Runtime, open_runtime

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
NOBODY: dict[str, set[str]] = {"note": set(), "text": set()}
EVERYBODY = {"0101", "0102", "0103"}
MD5 = hashlib.md5(b"13900000102", usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("refusals") / "project"
    shutil.copytree(CASES / "base", root)
    rt = open_runtime(root, clock=lambda: NOW)
    refresh(rt, "spring", NOW)
    rt.close()
    return root


@pytest.fixture
def shop(template: Path, tmp_path: Path) -> Runtime:
    shutil.copytree(template, tmp_path / "shop")
    return open_runtime(tmp_path / "shop", clock=lambda: NOW)


def take(shop: Runtime, content: Path | str) -> SuppressionImport:
    path = shop.settings.root / "refusals.csv"
    path.write_bytes(content.read_bytes() if isinstance(content, Path) else content.encode())
    return suppress(shop, path)


def written_to(shop: Runtime) -> dict[str, set[str]]:
    """Play → who is chosen for it, on the two occurrences of the calendar."""
    from tasks.deciding.decisions import decision_path
    from warehouse.decision.files import chosen_rows

    found = {name: set(members) for name, members in NOBODY.items()}
    for hour in (10, 15):
        made = decide(shop, "spring", "sale", datetime.fromisoformat(f"2026-04-10T{hour}:00:00+08:00"))
        assert made is not None
        for play, _, member, *_ in chosen_rows(decision_path(shop, made.run_id)):
            found[play].add(member)
    return found


EVERY = {"note": EVERYBODY, "text": EVERYBODY}
WITHOUT_0102 = {"note": {"0101", "0103"}, "text": {"0101", "0103"}}
NO_SMS_0102 = {"note": EVERYBODY, "text": {"0101", "0103"}}
FILES = {
    "refusal-of-guarded-id": (WITHOUT_0102, []),
    "refusal-of-unknown-member": (WITHOUT_0102, ["S603"]),
    "refusal-on-unknown-channel": (EVERY, ["S602"]),
    "refusal-after-open-quote": (NOBODY, ["S606"]),
    "refusals-in-gb18030": (WITHOUT_0102, []),
    "refusals-by-phone": (NO_SMS_0102, []),
}


@pytest.mark.parametrize("case", FILES)
def test_a_list_holds_whom_it_means(shop: Runtime, case: str) -> None:
    written, codes = FILES[case]
    done = take(shop, CASES / case / "refusals.csv")
    assert [problem.code for problem in done.problems] == codes
    assert done.understood is ("S602" not in codes)
    assert written_to(shop) == written


TEXTS = {
    "zeros lost": ("member_id\n102\n", WITHOUT_0102, ["S605"]),
    "a float once": ("member_id\n102.0\n", WITHOUT_0102, ["S605"]),
    "wide digits": ("会员号\n０１０２\n", WITHOUT_0102, ["S605"]),
    "number with country code": ("phone,channel\n+86 139-0000-0102,SMS\n", NO_SMS_0102, []),
    "number on all channels": ("号码\n139 0000 0102\n", WITHOUT_0102, []),
    "digest of a number": (f"手机号MD5,渠道\n{MD5.upper()},短信\n", NO_SMS_0102, []),
    "an unknown number": ("phone,reason\n13912345678,退订\n", EVERY, ["S603"]),
    "good rows beside bad ones": ("member_id,channel\n0101,smss\n0102,\n", WITHOUT_0102, ["S602"]),
}


@pytest.mark.parametrize("case", TEXTS)
def test_people_are_known_however_they_are_written(shop: Runtime, case: str) -> None:
    text, written, codes = TEXTS[case]
    done = take(shop, text)
    assert [problem.code for problem in done.problems] == codes
    assert written_to(shop) == written
    assert "13912345678" not in "".join(problem.message for problem in done.problems)


def test_who_joins_later_with_a_refused_id_or_number_is_not_written_to(shop: Runtime) -> None:
    done = take(shop, "member_id,phone,channel\n0104,,\n,13900000105,sms\n")
    assert (done.rows, done.new, done.unknown) == (2, 2, 2)
    data = shop.settings.root / "data"
    with (data / "members.csv").open("a") as members, (data / "contact_points.csv").open("a") as points:
        for member in ("0104", "0105"):
            members.write(f"{member},丁,1990-05-20,2026-04-01 09:00:00,2026-04-01 09:00:00\n")
            points.write(f"{member},sms,+86 13900000{member[1:]},2026-04-01 09:00:00,\n")
    refresh(shop, "spring", NOW)
    assert written_to(shop) == {"note": EVERYBODY | {"0105"}, "text": EVERYBODY}


def test_an_id_that_fits_several_members_is_left_to_a_person(shop: Runtime) -> None:
    with (shop.settings.root / "data" / "members.csv").open("a") as members:
        members.write("00102,戊,1990-05-20,2026-04-01 09:00:00,2026-04-01 09:00:00\n")
    refresh(shop, "spring", NOW)
    done = take(shop, "member_id\n102\n0101\n")
    assert [(problem.code, problem.location.line) for problem in done.problems] == [("S602", 2)]
    assert "2 members" in done.problems[0].message
    assert {row.member_id for row in shop.ledger.suppression_rows()} == {"0101"}

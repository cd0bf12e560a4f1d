"""The generated store: the same bytes for the same seed, no fact after the extract, a believable shop."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from campaign_calendars.findings.errors import UsageError
from warehouse.sample.files import SCHEMAS, read_file
from warehouse.sample.generate import generate

AS_OF = datetime(2020, 1, 31, 16, tzinfo=UTC)  # the first of February, midnight in Shanghai
LOCAL_AS_OF = datetime(2020, 2, 1)


def digests(directory: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.iterdir())}


def read(directory: Path, dataset: str) -> pa.Table:
    return pq.read_table(directory / f"{dataset}-0001.parquet")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shop")
    generate(directory, members=20_000, seed=7, as_of=AS_OF, format="parquet")
    return directory


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_same_seed_same_bytes(tmp_path: Path, file_format: str) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, members=500, seed=seed, as_of=AS_OF, format=file_format)  # type: ignore[arg-type]
    first, again, other = (digests(tmp_path / name) for name in "abc")
    assert first == again
    assert all(first[name] != other[name] for name in first)


def test_csv_and_parquet_hold_the_same_rows(tmp_path: Path) -> None:
    counts = {}
    for file_format in ("csv", "parquet"):
        directory = tmp_path / file_format
        counts[file_format] = generate(directory, members=800, seed=3, as_of=AS_OF, format=file_format)  # type: ignore[arg-type]
    assert counts["csv"] == counts["parquet"]
    for dataset in SCHEMAS:
        from_csv = read_file(tmp_path / "csv", dataset, 1, "csv")
        assert from_csv.equals(read_file(tmp_path / "parquet", dataset, 1, "parquet")), dataset
        assert from_csv.num_rows == counts["csv"][dataset] > 0


def test_keys_are_unique_and_known_across_blocks(tmp_path: Path) -> None:
    # More than one block of 50,000 members.
    generate(tmp_path, members=50_300, seed=5, as_of=AS_OF, format="parquet")
    members = read(tmp_path, "members")["member_id"]
    assert pc.count_distinct(members).as_py() == 50_300
    for dataset, key in (("orders", "order_id"), ("events", "event_id"), ("redemptions", "redemption_id")):
        table = read(tmp_path, dataset)
        assert pc.count_distinct(table[key]).as_py() == table.num_rows
        assert pc.all(pc.is_in(table["member_id"], members)).as_py()
    points = read(tmp_path, "contact_points")
    assert points.group_by(["member_id", "channel"]).aggregate([]).num_rows == points.num_rows
    tags = read(tmp_path, "tags")
    assert tags.group_by(["member_id", "tag"]).aggregate([]).num_rows == tags.num_rows


AHEAD = {"until", "expires_at", "balance_from", "balance_until"}
"""What may lie ahead: ends and windows."""


def test_no_fact_lies_after_the_extract(shop: Path) -> None:
    for dataset, schema in SCHEMAS.items():
        table = read(shop, dataset)
        for field in schema:
            if pa.types.is_timestamp(field.type) and field.name not in AHEAD:
                latest = pc.max(table[field.name]).as_py()
                assert latest is None or latest < LOCAL_AS_OF, (dataset, field.name)
    assert pc.min(read(shop, "orders")["ordered_at"]).as_py() >= LOCAL_AS_OF - timedelta(days=400)


def test_times_of_a_row_follow_each_other(shop: Path) -> None:
    def never_before(table: pa.Table, later: str, earlier: str) -> bool:
        return bool(pc.all(pc.greater_equal(table[later], table[earlier])).as_py())

    orders, members, points = read(shop, "orders"), read(shop, "members"), read(shop, "contact_points")
    assert never_before(orders, "paid_at", "ordered_at")
    assert never_before(orders, "refunded_at", "paid_at")
    assert never_before(members, "joined_at", "created_at")
    assert never_before(members, "left_at", "joined_at")
    assert never_before(points, "withdrawn_at", "consented_at")
    born_with_shop = orders.join(members.select(["member_id", "created_at"]), "member_id")
    assert never_before(born_with_shop, "ordered_at", "created_at")


def test_orders_have_every_state(shop: Path) -> None:
    orders = read(shop, "orders")
    paid, closed = orders["paid_at"].is_valid(), orders["closed_at"].is_valid()
    assert not pc.any(pc.and_(paid, closed)).as_py()
    unpaid_share = pc.mean(closed.cast(pa.int8())).as_py()
    assert 0.04 < unpaid_share < 0.07
    open_orders = orders.filter(pc.invert(pc.or_(paid, closed)))
    assert 0 < open_orders.num_rows < 100
    refunded = orders.filter(orders["refunded_at"].is_valid())
    assert 0.02 < refunded.num_rows / orders.num_rows < 0.05
    assert pc.all(pc.less_equal(refunded["refunded"], refunded["amount"])).as_py()
    assert pc.any(pc.less(refunded["refunded"], refunded["amount"])).as_py()
    assert pc.min(orders["amount"]).as_py() > 0


def test_a_fifth_of_the_buyers_give_two_thirds_of_the_money(shop: Path) -> None:
    orders = read(shop, "orders")
    spend = orders.group_by("member_id").aggregate([("amount", "sum")])["amount_sum"].cast(pa.float64())
    ordered = sorted(spend.to_pylist())
    top = sum(ordered[-len(ordered) // 5 :]) / sum(ordered)
    assert 0.60 <= top <= 0.72


def test_kinds_of_members(shop: Path) -> None:
    members = read(shop, "members")
    joined = members["joined_at"].is_valid()
    buyers = pc.is_in(members["member_id"], read(shop, "orders")["member_id"].combine_chunks())
    visitors = pc.is_in(members["member_id"], read(shop, "events")["member_id"].combine_chunks())

    def share(mask: pa.ChunkedArray) -> float:
        return float(pc.mean(mask.cast(pa.int8())).as_py())

    assert 0.60 < share(joined) < 0.75
    assert share(pc.and_(joined, pc.invert(buyers))) > 0.10  # members who never bought
    assert share(pc.and_(pc.invert(joined), buyers)) > 0.05  # buyers who did not join
    assert share(pc.and_(pc.and_(pc.invert(joined), pc.invert(buyers)), visitors)) > 0.10  # prospects who look
    assert 0.005 < share(members["left_at"].is_valid()) < 0.04


def test_profiles(shop: Path) -> None:
    members = read(shop, "members")
    ages = [(date(2020, 2, 1) - born).days / 365.25 for born in members["birth_on"].to_pylist() if born]
    assert min(ages) >= 14
    assert max(ages) < 76.1
    assert 0.005 < sum(age < 18 for age in ages) / len(ages) < 0.06
    assert 0.1 < members["birth_on"].null_count / members.num_rows < 0.2
    cities = (
        members.select(["city", "province"]).drop_null().group_by(["city", "province"]).aggregate([([], "count_all")])
    )
    cities = cities.sort_by([("count_all", "descending")])
    assert cities.num_rows == len((files("warehouse.sample") / "cities.txt").read_text(encoding="utf-8").splitlines())
    assert cities["city"][0].as_py() == "上海"
    surnames = members.append_column("surname", pc.utf8_slice_codeunits(members["name"], 0, 1))
    common = surnames.group_by("surname").aggregate([([], "count_all")]).sort_by([("count_all", "descending")])
    assert set(common["surname"][:2].to_pylist()) == {"王", "李"}


def test_phones_are_valid_unique_and_of_the_unassigned_block(shop: Path) -> None:
    phones = read(shop, "members")["phone"].drop_null()
    assert pc.count_distinct(phones).as_py() == len(phones)
    assert pc.all(pc.match_substring_regex(phones, "^145[56][0-9]{7}$")).as_py()
    for phone in phones[:300].to_pylist():
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone, "CN"))


def test_consents_are_missing_and_withdrawn(shop: Path) -> None:
    points = read(shop, "contact_points")
    assert set(pc.unique(points["channel"]).to_pylist()) == {
        "sms", "push", "group", "dedicated_service", "wecom", "mini_program", "phone",
    }  # fmt: skip
    sms = points.filter(pc.equal(points["channel"], "sms"))
    assert 0.1 < sms["consented_at"].null_count / sms.num_rows < 0.25
    assert 0.02 < 1 - sms["withdrawn_at"].null_count / sms.num_rows < 0.08
    assert points["address"].null_count == 0


def test_the_year_has_its_seasons(shop: Path) -> None:
    days = pc.value_counts(read(shop, "orders")["ordered_at"].cast(pa.date32())).to_pylist()
    per_day = {day["values"]: day["counts"] for day in days}
    assert max(per_day, key=per_day.__getitem__) == date(2019, 11, 11)
    usual = sorted(per_day.values())[len(per_day) // 2]
    assert per_day[date(2019, 11, 11)] > 2.5 * usual
    assert per_day[date(2019, 2, 6)] < 0.7 * usual  # second day of the Spring Festival


def test_dirty_rows_come_in_files_of_their_own(tmp_path: Path) -> None:
    clean = generate(tmp_path / "clean", members=300, seed=1, as_of=AS_OF)
    dirty = generate(tmp_path / "dirty", members=300, seed=1, as_of=AS_OF, dirty=True)
    assert dirty == {**clean, "dirty": 11}
    extra = {"members-dirty.csv", "orders-dirty.csv"}
    after = digests(tmp_path / "dirty")
    assert digests(tmp_path / "clean") == {name: digest for name, digest in after.items() if name not in extra}
    text = "".join((tmp_path / "dirty" / name).read_text() for name in sorted(extra))
    assert "-19.90" in text
    assert "yesterday evening" in text
    generate(tmp_path / "dirty", members=300, seed=1, as_of=AS_OF)
    assert not extra & set(digests(tmp_path / "dirty"))
    in_parquet = generate(tmp_path / "parquet", members=300, seed=1, as_of=AS_OF, format="parquet", dirty=True)
    assert in_parquet["dirty"] == 9
    assert pq.read_table(tmp_path / "parquet" / "orders-dirty.parquet").schema.equals(
        read(tmp_path / "parquet", "orders").schema
    )


@pytest.mark.parametrize(
    ("members", "as_of", "words"),
    [
        (0, AS_OF, "1 to 20,000,000 members"),
        (10, datetime(2020, 2, 1), "time zone"),
        (10, AS_OF.replace(microsecond=5), "to the second"),
    ],
)
def test_sizes_and_moments_that_make_no_sense(tmp_path: Path, members: int, as_of: datetime, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        generate(tmp_path, members=members, seed=1, as_of=as_of)
    assert list(tmp_path.iterdir()) == []


def test_a_sample_that_lived_on_is_not_mixed_with_a_new_one(tmp_path: Path) -> None:
    generate(tmp_path, members=50, seed=1, as_of=AS_OF)
    (tmp_path / "orders-0002.csv").write_text("order_id\n")
    with pytest.raises(UsageError, match=r"orders-0002\.csv"):
        generate(tmp_path, members=50, seed=1, as_of=AS_OF)


def test_progress_is_told(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    generate(tmp_path, members=120, seed=1, as_of=AS_OF, progress=lambda done, total: heard.append((done, total)))
    assert heard == [(120, 120)]

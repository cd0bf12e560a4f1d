from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.runtime import Runtime
from tasks.settings import load_settings
from warehouse.sources import SourceSpec


def write(directory: Path, text: str) -> Path:
    (directory / "promocal.toml").write_text(text, "utf-8")
    return directory


def test_defaults_and_a_ledger_inside_the_project(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, ""), {})
    assert settings.warehouse.keep == 5
    assert settings.ledger_url() == f"sqlite:///{tmp_path.resolve() / 'var' / 'ledger.db'}"


def test_a_relative_sqlite_ledger_counts_from_the_project(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, '[ledger]\nurl = "sqlite:///state/l.db"\n'), {})
    assert settings.ledger_url() == f"sqlite:///{tmp_path.resolve() / 'state/l.db'}"


def test_environment_wins_and_secrets_stay_there(tmp_path: Path) -> None:
    project = write(
        tmp_path, '[ledger]\nurl_env = "L"\n[sources.members]\nkind = "sql"\nurl_env = "SHOP"\ntable = "members"\n'
    )
    settings = load_settings(project, {"L": "postgresql+pg8000://x", "PROMOCAL_THREADS": "3"})
    assert settings.ledger_url() == "postgresql+pg8000://x"
    assert settings.warehouse.threads == 3
    assert "postgresql" not in repr(settings)
    assert settings.sources["members"].kind == "sql"
    with pytest.raises(UsageError, match="no SHOP"):
        Runtime(settings).sources()
    (tmp_path / "cluster").mkdir()
    cluster = write(tmp_path / "cluster", '[warehouse]\nspark_exchange = "/mnt/shared"\n')
    hidden = load_settings(cluster, {"PROMOCAL_SPARK_URL": "sc://hub:443/;token=s3cret"})
    assert hidden.warehouse.spark_url.endswith("s3cret")
    assert "s3cret" not in repr(hidden.warehouse)
    override = load_settings(project, {"PROMOCAL_LEDGER_URL": "sqlite:////tmp/x.db"})
    assert override.ledger_url() == "sqlite:////tmp/x.db"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[warehouse\n", "promocal.toml"),
        ("[warehous]\nkeep = 1\n", "warehous: unknown key"),
        ("[warehouse]\nkeep = 0\n", "warehouse.keep"),
        ('[warehouse]\nengine = "flink"\n', "warehouse.engine"),
        ('[warehouse]\nspark_url = "sc://hub:15002"\n', "needs spark_exchange"),
        ('[warehouse]\nspark_url = "spark://hub:7077"\n', "or sc://host:port"),
        ('[sources.orders]\nkind = "csv"\n', "sources.orders.path: is missing"),
        ('[sources.orders]\nkind = "sql"\nurl = "x"\n', "exactly one of query and table"),
        ('[sources.orders]\nkind = "sql"\ntable = "x"\n', "exactly one of url and url_env"),
        ('[sources.orders]\nurl = "x"\npath = "x"\ntable = "x"\n', "sources.orders.path: is not a key of this kind"),
        ('[sources.orders]\npath = "x"\nwatermark = "x"\n', "sources.orders.watermark: is not a key of this kind"),
        ('[sources.orders]\nurl = "x"\ntable = "x"\noverlap = "2d"\n', "need a watermark"),
        ('[sources.orders]\nkind = "csv"\npath = "x"\nsheet = "1"\n', "sources.orders.sheet: is not a key"),
        ('[sources.orders]\nkind = "parket"\npath = "x"\n', "sources.orders.kind: 'parket' is not a kind of source"),
        ('[sources.orders]\npath = "x"\nmapping = 7\n', "sources.orders.mapping"),
        ("sources = 7\n", "a table for each dataset"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("[", r"\[")) as caught:
        load_settings(write(tmp_path, text), {})
    assert caught.value.remedy


def test_a_directory_without_a_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist") as caught:
        load_settings(tmp_path, {})
    assert "promocal new" in caught.value.remedy


def test_a_wrong_number_in_the_environment_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"warehouse\.threads"):
        load_settings(write(tmp_path, ""), {"PROMOCAL_THREADS": "many"})


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('[sources.orders]\nkind = "parket"\npath = "x"\n', "did you mean 'parquet'?"),
        (
            '[sources.orders]\nkind = "carrier-pigeon"\npath = "x"\n',
            "the kinds are: auto, csv, duckdb, parquet, sql, xlsx",
        ),
        ('[sources.orders]\npaht = "x"\n', "Did you mean 'path'?"),
    ],
)
def test_what_a_source_may_have_meant_is_said(tmp_path: Path, text: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(write(tmp_path, text), {})
    assert remedy in caught.value.remedy


def test_a_section_becomes_what_its_kind_reads(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        '[sources.orders]\nurl_env = "SHOP"\ntable = "o"\nwatermark = "at"\noverlap = "2d"\n'
        '[sources.members]\npath = "m.csv"\ntimezone = "UTC"\n[sources.members.columns]\nmember_id = "id"\n',
    )
    members, orders = Runtime(load_settings(project, {"SHOP": "sqlite:///x"})).sources()
    assert orders == SourceSpec(
        "orders", "sql", url="sqlite:///x", table="o", watermark="at", overlap=timedelta(days=2), timezone="UTC"
    )
    assert members == SourceSpec("members", "auto", "m.csv", timezone="UTC", columns={"member_id": "id"})


def test_a_path_at_which_the_address_of_a_database_would_end_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "shop?1"
    root.mkdir()
    (root / "promocal.toml").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"there is a \? in its path"):
        load_settings(root)

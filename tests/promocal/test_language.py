"""Which language a person is answered in, and the help in both."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from promocal.cli import language as speaking
from promocal.cli.app import application
from promocal.cli.breaking import breaks
from promocal.cli.help_zh import ARGUMENTS, TEXTS, TYPES
from promocal.cli.mistakes import in_chinese
from promocal.cli.tree import command_line, walk

CHINESE = re.compile(r"[一-鿿]")
ENGLISH = {"LANG": "en_US.UTF-8"}
ROOT = Path(__file__).parents[2]


def project(directory: Path, lang: str) -> Path:
    (directory / "promocal.toml").write_text(f'[project]\nlang = "{lang}"\n', "utf-8")
    return directory


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {}, "en"),
        ([], {"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        (["-C", "PROJECT"], ENGLISH, "zh"),
        (["plan", "x", "--project=PROJECT"], ENGLISH, "zh"),
        (["-C", "PROJECT"], {"PROMOCAL_LANG": "en"}, "en"),
        (["-C", "PROJECT", "--lang", "en"], {"PROMOCAL_LANG": "zh"}, "en"),
        (["--lang", "en", "plan", "--lang=zh"], ENGLISH, "zh"),
        (["--lang", "fr"], ENGLISH, "en"),
        (["--", "--lang", "zh"], ENGLISH, "en"),
        (["-C", "nowhere"], {"LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_nearest_word_about_the_language_counts(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], says: str
) -> None:
    where = str(project(tmp_path, "zh"))
    assert speaking.settle([part.replace("PROJECT", where) for part in arguments], environment) == says
    assert speaking.language() == says


def test_settings_that_cannot_be_read_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "promocal.toml").write_text("[project\n", "utf-8")
    assert speaking.settle(["-C", str(tmp_path)], {"LANG": "zh"}) == "zh"


def help_texts() -> Iterator[str]:
    for context, command in walk(command_line(application(), "en")):
        parameters: list[Any] = [*command.params, command.get_help_option(context)]
        yield from filter(None, (command.help, command.short_help, *(parameter.help for parameter in parameters)))


def test_every_help_text_has_chinese_and_none_is_left_over() -> None:
    texts = set(help_texts())
    assert texts - set(TEXTS) == set()
    assert set(TEXTS) - texts == set()
    assert [text for text, zh in TEXTS.items() if not CHINESE.search(zh)] == []


def test_every_command_takes_a_language() -> None:
    for context, command in walk(command_line(application(), "en")):
        assert any("--lang" in parameter.opts for parameter in command.params), context.command_path


_loaded: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def at_hand(loaded: Path) -> Iterator[None]:
    """Each command is a process of its own, which need not load anything first."""
    _loaded.append(loaded / "promocal")
    yield
    _loaded.clear()


def promocal(*arguments: str, lang: str = "zh") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PROMOCAL_LANG": lang, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    return subprocess.run(
        [*_loaded, *arguments],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", ["--help", "plan --help", "sources --help", "snapshots show -h"])
def test_the_help_page_is_chinese_but_for_names(arguments: str) -> None:
    page = promocal(*arguments.split())
    assert page.returncode == 0
    assert "用法：" in page.stdout
    shown = re.sub(r"promocal( [a-z-]+)*|R/T|[\w.-]*promocal\.toml|[A-Z_]{4,}", "", page.stdout)
    assert re.findall(r"[a-z]{2,} [a-z]{2,}", shown) == []


_EVERY_PAGE = """
import sys
from typer import rich_utils
from promocal.cli.app import application
from promocal.cli.tree import command_line, walk
rich_utils.MAX_WIDTH = 80
for context, command in walk(command_line(application(), sys.argv[1])):
    print("=" * 9, context.command_path)
    rich_utils.rich_format_help(obj=command, ctx=context, markup_mode="rich")
"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_help_page_is_cut_at_80_columns(lang: str) -> None:
    """Chinese has no spaces to break lines at; what does not fit goes on in the next line."""
    environment = {**os.environ, "PROMOCAL_LANG": lang, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", _EVERY_PAGE, lang],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.count("=========") > 80
    assert [line for line in done.stdout.splitlines() if re.search(r"…\s*│?$", line)] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chek"], "没有命令 'chek'。是否想写 'check'"),
        (["check", "--nope"], "没有选项 --nope"),
        (["plan"], "缺少参数 '日历'。"),
        (["cancel", "r", "--by"], "选项 '--by' 需要一个值。"),
        (["plan", "a", "b"], "多余的参数：b"),
        (["plan", "a", "--format"], "选项 '--format' 需要一个值。"),
        (["check", "a", "--strict=1"], "选项 '--strict' 不带值。"),
        (["schema", "foo"], "的值 'foo' 不可用；可用的值：'calendar', 'store'。"),
        (["serve", "--port", "x"], "'--port' 为 'x'，不是"),
        (["sample", "--members", "0"], "'--members' 为 '0'，应不小于 1"),
        (["plan", "x", "-C", "nowhere"], "promocal.toml 不存在"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_chinese_message(arguments: list[str], says: str) -> None:
    done = promocal(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    message, remedy = done.stderr.splitlines()
    assert says in message
    assert CHINESE.search(remedy)


def test_what_typer_has_never_said_stays_as_it_is() -> None:
    assert in_chinese("Something new.") == "Something new."


def test_new_writes_the_language_into_the_settings(tmp_path: Path) -> None:
    assert promocal("new", str(tmp_path / "shop"), "--lang", "zh", lang="en").returncode == 0
    assert speaking.settle(["-C", str(tmp_path / "shop")], ENGLISH) == "zh"
    assert promocal("new", str(tmp_path / "plain"), lang="zh").returncode == 0
    assert speaking.settle(["-C", str(tmp_path / "plain")], ENGLISH) == "en"


PLACEHOLDER = re.compile(r"\b(NAME|RUN|CALENDAR|MEMBER|FILE|DIR|DUTY|YEAR|REASON|WHY|PHASE|MOMENT|DIRECTORY|CODE)\b")


def test_what_a_person_fills_in_is_named_in_the_language_of_the_sentence() -> None:
    """`promocal refresh 日历`, not `promocal refresh CALENDAR`."""
    found = []
    for top in ("promocal", "tasks", "campaign_calendars", "warehouse", "flows"):
        for path in (ROOT / top).rglob("*.py"):
            if "reference" in path.parts or path.name.startswith("help_zh"):
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                said = ast.unparse(node) if isinstance(node, ast.JoinedStr) else getattr(node, "value", None)
                if isinstance(said, str) and "\n" not in said and CHINESE.search(said) and PLACEHOLDER.search(said):
                    found.append(f"{path.name}:{node.lineno}: {said}")  # type: ignore[attr-defined]
    assert found == []


def test_names_of_arguments_and_kinds_of_values_are_chinese_and_none_is_left_over() -> None:
    english = [(c, command) for c, command in walk(command_line(application(), "en"))]
    wanted = {p.metavar or p.name for _, command in english for p in command.params if p.param_type_name == "argument"}
    assert set(ARGUMENTS) == wanted
    kinds = {p.display_type_rich(ctx=c) for c, command in english for p in command.params}
    assert {kind.strip(".")[1:-1] for kind in kinds if kind and "|" not in kind and kind[0] == "<"} == set(TYPES)
    for context, command in walk(command_line(application(), "zh")):
        usage = command.get_usage(context)
        assert not re.search(r"[{\[](calendar|name|member|run_id|file|phase)[}\]]|<(str|path|int)", usage), usage


def test_a_long_choice_is_divided_between_its_words() -> None:
    assert breaks("<calendar|phase|wave|day|month>", 19) == [16]

"""In which language a person is answered.

The first of these that says one: `--lang` on the command line, `PROMOCAL_LANG`, `lang` under
`[project]` in promocal.toml, the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`). It is settled before
anything else, so that help, mistakes on the command line and a missing file are told in it too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from campaign_calendars.findings.said import LANGUAGES, Language, Said, in_language

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_LANG_OPTIONS = ("--lang",)
_PROJECT_OPTIONS = ("--project", "-C")
_settled: Language | None = None


def language() -> Language:
    """The language of this process: the one `settle` found, else the environment's."""
    return _settled or _of_environment(os.environ) or _of_locale(os.environ)


def settle(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Language:
    """Find the language of a command line and keep it for the process."""
    global _settled  # noqa: PLW0603 - one process answers one command line
    env = os.environ if environment is None else environment
    project = Path(_given(arguments, _PROJECT_OPTIONS) or ".")
    asked = _known(_given(arguments, _LANG_OPTIONS))
    _settled = asked or _of_environment(env) or _of_project(project) or _of_locale(env)
    return _settled


def either(english: str, chinese: str, /, **values: object) -> str:
    """One of two templates, in the language of the process, with its fields filled."""
    return in_language((english, chinese), language()).format(**values)


def translated(said: Said) -> str:
    """A pair in the language of the process."""
    return in_language(said, language())


def _given(arguments: Sequence[str], names: Sequence[str]) -> str:
    """The last value of an option on the command line, whatever command it belongs to."""
    found = ""
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        option, equals, value = argument.partition("=")
        if argument in names:
            found = arguments[at + 1] if at + 1 < len(arguments) else found
        elif equals and option in names:
            found = value
    return found


def _known(text: str) -> Language | None:
    return next((lang for lang in LANGUAGES if lang == text), None)


def _of_environment(environment: Mapping[str, str]) -> Language | None:
    value = environment.get("PROMOCAL_LANG")
    return _by_prefix(value) if value else None


def _of_project(directory: Path) -> Language | None:
    """What promocal.toml says. A file that cannot be read says nothing here; the command will tell."""
    import tomllib

    try:
        document = tomllib.loads((directory / "promocal.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    project = document.get("project")
    return _known(str(project.get("lang", ""))) if isinstance(project, dict) else None


def _of_locale(environment: Mapping[str, str]) -> Language:
    return next((_by_prefix(value) for name in _LOCALE if (value := environment.get(name))), "en")


def _by_prefix(locale: str) -> Language:
    return "zh" if locale.lower().startswith("zh") else "en"

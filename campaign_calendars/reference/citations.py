"""Rows of the domain reference that texts cite, such as A3 or A1#16, and where they lead.

A citation is A or B with a number (A3), and with the number of a row where the part counts its rows
(A1#16). A mark of a source, S0 to S4, is cited where it stands beside a row: (A3, S4). Neither counts
as part of a longer word, number, path or reference (C101, B2B, 0xB0, v1.A3), as a cell of a sheet
(=A1, SUM(A1), A1:B2), nor alone as code (`A1`). `lang` is en or zh.
"""

from __future__ import annotations

import re

_EDGE, _END = r"(?<![\w#./=@&$:`-])(?<!\w\()", r"(?![\w#`]|:[A-Z]+\d)"
_ROW = rf"{_EDGE}[AB][1-9]\d?(?:#[1-9]\d?)?{_END}"
_SOURCE = rf"{_EDGE}S[0-4]{_END}"
_COMMA = r"(?:,\s|[，、])"
_MARK = re.compile(rf"{_ROW}|{_SOURCE}")
_CITATION = re.compile(rf"(?:{_SOURCE}{_COMMA})?{_ROW}(?:{_COMMA}(?:{_ROW}|{_SOURCE}))*")
_NOT_PROSE = re.compile(r"^```.*?^```$|`[^`\n]*`|!?\[[^\]\n]*\]\([^)\n]*\)", re.MULTILINE | re.DOTALL)

PAGES = {"en": "domain.md", "zh": "domain.zh.md"}
"""The page of the domain in `docs/`, by language."""


def anchor(mark: str) -> str:
    """Where a row or source stands on the page of the domain: `a1-16` for A1#16, `s0` for S0."""
    return mark.lower().replace("#", "-")


def cited(text: str) -> list[str]:
    """Rows and sources a text cites, each once, in the order they are met."""
    found = (mark for citation in _CITATION.findall(text) for mark in _MARK.findall(citation))
    return list(dict.fromkeys(found))


def linked(markdown: str, lang: str) -> str:
    """The page with every citation in its prose a link to its row; code and links stay as they are."""
    parts, position = [], 0
    for kept in _NOT_PROSE.finditer(markdown):
        parts += [_linked(markdown[position : kept.start()], PAGES[lang]), kept[0]]
        position = kept.end()
    return "".join((*parts, _linked(markdown[position:], PAGES[lang])))


def _linked(prose: str, page: str) -> str:
    def link(mark: re.Match[str]) -> str:
        return f"[{mark[0]}]({page}#{anchor(mark[0])})"

    return _CITATION.sub(lambda citation: _MARK.sub(link, citation[0]), prose)


def directions(text: str, lang: str) -> list[str]:
    """One line for every mark a text cites: where it can be read, for output that has no links."""
    says = "{}：docs/{}#{}" if lang == "zh" else "{}: docs/{}#{}"
    return [says.format(mark, PAGES[lang], anchor(mark)) for mark in cited(text)]

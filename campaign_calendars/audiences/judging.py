"""What all parts of the compiler share: what was found wrong so far, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.tags import Analyse
from campaign_calendars.audiences.tree import Node, text_in
from campaign_calendars.audiences.types import KIND_NAMES, TYPE_NAMES, Typed, type_hint, type_names
from campaign_calendars.findings.finding import Finding, suggestion


class WrongError(Exception):
    """This branch of the tree cannot be compiled; the finding is recorded already."""


@dataclass
class Judge:
    """Collects the findings of one expression, and which fields and functions it uses."""

    names: AudienceNames
    analyse: Analyse
    findings: list[Finding] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    functions: set[tuple[str, str]] = field(default_factory=set)
    named_sql: int = 0
    """Characters of SQL that the audiences named so far come to."""

    def known(self, node: Node, name: str, known: tuple[str, ...] | None, kind: str) -> None:
        """Raise when `known` is there and does not hold the name."""
        if known is not None and name not in known:
            raise self.unknown(node, name, kind, suggestion(name, known))

    def unknown(self, node: Node, name: str, kind: str, hints: tuple[str, str]) -> WrongError:
        """There is nothing of this name."""
        texts = (f"there is no {kind} {name!r}", f"没有{KIND_NAMES[kind]} {name!r}")
        return self.wrong("C136", text_in(node, name) or node, texts, hints)

    def mismatch(self, node: Node, typed: Typed, wanted: str) -> NoReturn:
        """Another type stands where `wanted` should."""
        is_en, is_zh = type_names(typed)
        want_en, want_zh = TYPE_NAMES[wanted]
        raise self.wrong(
            "C134",
            node,
            (f"{is_en} stands where {want_en} is wanted", f"此处应为{want_zh}，而不是{is_zh}"),
            type_hint(typed.type),
        )

    def wrong(self, code: str, node: Node, texts: tuple[str, str], hints: tuple[str, str]) -> WrongError:
        """Record a finding at the node; the error to raise."""
        return self.record(Finding(code, (), *texts, *hints, offset=node.start))

    def record(self, finding: Finding) -> WrongError:
        if finding not in self.findings:
            self.findings.append(finding)
        return WrongError()

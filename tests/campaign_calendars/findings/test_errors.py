"""Failures speak both languages, and survive the journey between processes."""

from __future__ import annotations

import pickle

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from campaign_calendars.findings.problem import Problem


def test_a_failure_is_told_in_either_language_and_logged_in_english() -> None:
    error = SourceError(("no file", "没有文件"), ("put it there", "请放到该处"))
    assert (str(error), error.message, error.remedy) == ("no file", "no file", "put it there")
    assert (error.text("zh"), error.remedy_text("zh")) == ("没有文件", "请放到该处")
    assert (error.text("en"), error.remedy_text()) == ("no file", "put it there")


def test_a_failure_comes_out_of_a_pickle_as_it_went_in() -> None:
    found = ProblemsFoundError([Problem("C112", "error", "wrong", zh="有误")])
    again = pickle.loads(pickle.dumps(found))
    assert type(again) is ProblemsFoundError
    assert again.problems == found.problems
    assert (str(again), again.text("zh")) == ("1 problem(s) found", "发现 1 个问题")

"""The sentence a boss reads, case by case; whatever cannot be known says so and says what would help."""

from __future__ import annotations

from campaign_calendars.measuring.advice import Course, Named, headline
from campaign_calendars.measuring.lift import Arm, Contrast, Difference, Growth, MoneyContrast, Sums, Verdict, contrast

NOTHING = Course(plays=(), benefits=(), reasons={}, decisions=1)
TREATED, CONTROL = Arm(1000, 200, 2_000_000, sums=Sums(cost_cents=50_000)), Arm(500, 60, 500_000, sums=Sums())


def found(verdict: Verdict, low: float, high: float) -> Contrast:
    money = MoneyContrast(
        method="pooled", difference=Difference((low + high) / 2, low, high, 0.01, 1.0), growth=Growth(0.4, 0.1, 0.8),
        adjusted=None, explained=None, order_value=None, returned=None, verdict=verdict,
    )  # fmt: skip
    return Contrast(TREATED, CONTROL, 0.08, (0.04, 0.12), "higher", money=money)


def test_what_was_sold_more_with_interval_and_cost() -> None:
    en, zh = headline(found("higher", 100, 1900), NOTHING, "CNY", running=False)
    assert en == (
        "It sold about 40% more than without, 10,000 CNY (between 1,000 and 19,000), cost 500 CNY;"
        " next time: keep it as it is."
    )
    assert zh == "比不做活动多卖约 40%，共 10,000 CNY（区间 1,000 至 19,000），成本 500 CNY；下次建议：保持现有做法。"


def test_what_cannot_be_concluded_asks_for_more_held_out() -> None:
    en, _ = headline(found("cannot conclude", -900, 1900), NOTHING, "CNY", running=False)
    assert "whether it sold more cannot be concluded" in en.lower()
    assert "hold out more members, 500 with 60 buyers show too little" in en


def test_without_a_hold_out_nothing_is_claimed() -> None:
    en, zh = headline(None, NOTHING, "CNY", running=False)
    assert en == (
        "What it was worth cannot be said, because nobody was held out; next time: hold out 10 % of the members by lot."
    )
    assert "未设活动对照组" in zh


def test_small_and_empty_groups_say_so() -> None:
    for treated, control in ((Arm(0, 0), Arm(0, 0)), (Arm(10, 1), Arm(5, 0))):
        en, _ = headline(contrast(treated, control), NOTHING, "CNY", running=False)
        assert "the groups are too small" in en


def test_while_it_goes_on_no_growth_is_claimed() -> None:
    en, zh = headline(found("higher", 100, 1900), NOTHING, "CNY", running=True)
    assert en.startswith("So far, and it is not over yet: it sold more than without")
    assert zh.startswith("截至目前（活动未结束）")


def test_a_play_that_does_harm_comes_before_whom_no_message_reached() -> None:
    harm = Named(("Recall", "召回"), Contrast(TREATED, CONTROL, -0.1, (-0.2, -0.05), "lower"))
    course = Course(plays=[harm], benefits=(), reasons={"no_consent": 500, "under_age": 900}, decisions=2000)
    assert "leave out “Recall”" in headline(found("higher", 100, 1900), course, "CNY", running=False)[0]
    reached = Course(plays=(), benefits=(), reasons=course.reasons, decisions=2000)
    assert "ask more members for their consent (500 of 2,000" in headline(
        found("higher", 100, 1900), reached, "CNY", running=False
    )[0]  # fmt: skip


def test_before_any_run_there_is_nothing_to_measure() -> None:
    """No groups that would be too small, and nothing to change."""
    none = Course(plays=(), benefits=(), reasons={}, decisions=0)
    en, zh = headline(contrast(Arm(0, 0), Arm(0, 0)), none, "CNY", running=True)
    assert en == "No run has decided about anybody yet, so there is nothing to measure."
    assert "没有可衡量的内容" in zh

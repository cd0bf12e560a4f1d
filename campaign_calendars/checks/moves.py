"""Explanations of what `promocal new --year` says about a calendar it moved.

The examples are keys of a small calendar of 2024 with D on 8 March, moved to 2031.
"""

from __future__ import annotations

from campaign_calendars.checks.registry import documented

documented(
    "C180",
    "warning",
    """A date of the calendar does not exist in the year it was moved to.

    Only 29 February. A window that starts on it starts on 1 March; everything else is put on
    28 February.

    Fails:
        phases: [{id: burst, kind: burst, window: {from: 2024-02-20, to: 2024-02-29}}]
    Passes:
        phases: [{id: burst, kind: burst, window: {from: 2024-02-20, to: 2024-02-28}}]

    中文：日历中的某个日期在新的年份不存在。
    只可能是 2 月 29 日：窗口的开始改为 3 月 1 日，其余改为 2 月 28 日。
    """,
)
documented(
    "C181",
    "warning",
    """A phase or wave became longer or shorter by moving to another year.

    Dates keep month and day, so a window over 29 February loses that day in an ordinary year.

    Fails:
        phases: [{id: burst, kind: burst, window: {from: 2024-02-24, to: 2024-03-01}}]
    Passes:
        phases: [{id: burst, kind: burst, window: {from: 2024-03-04, to: 2024-03-08}}]

    中文：移到新的年份后，阶段或波段变长或变短。
    日期保持月日，因此跨 2 月 29 日的窗口在平年会少一天。
    """,
)
documented(
    "C182",
    "info",
    """D, a phase or a wave falls on another day of the year or of the week.

    What counts from D follows D: D-13 before 8 March is 24 February in a leap year, 23 February
    in others. Lunar festivals move by weeks.

    Fails:
        day_zero: 2024-03-08
    Passes:
        day_zero:
        phases: [{id: burst, kind: burst, window: {from: 2024-03-05, to: 2024-03-08}}]

    中文：D 日、阶段或波段落在另一个月日或星期。
    以 D 日计算的时间随 D 日移动：3 月 8 日的 D-13 在闰年是 2 月 24 日，平年是 2 月 23 日；农历节日会移动数周。
    """,
)
documented(
    "C183",
    "info",
    """A play happens more or less often than in the year it comes from.

    Weekdays fall elsewhere, or the window became longer or shorter.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: weekly tue 10:00, message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [push], at: daily 10:00, message: m.txt}]

    中文：玩法的次数与原年份不同。
    原因是星期错开，或窗口变长、变短。
    """,
)
documented(
    "C184",
    "warning",
    """A date keeps its day of the year although D, a festival, moved.

    Fails:
        day_zero: {festival: qixi, year: 2024}
        phases: [{id: burst, kind: burst, window: {from: 2024-08-07, to: D}}]
    Passes:
        day_zero: {festival: qixi, year: 2024}
        phases: [{id: burst, kind: burst, window: {from: D-3, to: D}}]

    中文：D 日是节日并已移动，而该日期的月日未变。
    """,
)
documented(
    "C185",
    "info",
    """Comments or texts still name the year the calendar comes from.

    Dates in comments are not moved: whether they are still true only a person knows.

    Fails:
        audiences: {everybody: {where: joined, title: members of 2024}}
    Passes:
        audiences: {everybody: {where: joined, title: members}}

    中文：注释或文字中仍有原来的年份。
    注释中的日期不会改动，是否仍然正确须由人判断。
    """,
)
documented(
    "C186",
    "warning",
    """A moment counts working days, and those of the new year are not published yet.

    It is estimated from the statutory holidays until then, as C113 says at every check.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{text: apply for the signature, due: D-15wd}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            duties: [{text: apply for the signature, due: D-21}]

    中文：时间以工作日计算，而新年份的放假安排尚未公布。
    此前按法定节假日估算；每次检查会以 C113 提示。
    """,
)

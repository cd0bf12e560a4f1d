"""Chinese of the help of `promocal report`."""

from __future__ import annotations

REPORT: dict[str, str] = {
    "Measure a calendar and write one self-contained page, or another file.": (
        "统计一份日历，写出一个独立的网页或其他文件。"
    ),
    "Where to write it; ends with .html, .xlsx, .md or .parquet.": "写入位置；以 .html、.xlsx、.md 或 .parquet 结尾。",
    "text and json print; xlsx, md and parquet write such a file.": (
        "text 与 json 输出到屏幕；xlsx、md、parquet 写出相应文件。"
    ),
    "Write it again whenever this has gone by, e.g. 5m, until the campaign ends.": (
        "每隔这段时间重新写出，如 5m，直到活动结束。"
    ),
}

"""The board in Chromium: nothing runs out of a phone or a desk, and nothing is asked of anybody else."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.board.serving import serve
from tasks.board.shelf import Shelf
from tests.flows.browser import CHROMIUM, chromium
from tests.tasks.planning.applied import NAME, applied_project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A board that is served."""
    found, ready = [], threading.Event()
    loop = asyncio.new_event_loop()

    def heard(port: int) -> None:
        found.append(port)
        ready.set()

    def run() -> None:
        with applied_project(tmp_path, 3) as rt:
            serving = serve(Shelf(rt, "shop", lambda: None), "127.0.0.1", 0, heard, lang="en", every=5)
            task = loop.create_task(serving)
            loop.call_soon(lambda: tasks.append(task))
            with contextlib.suppress(asyncio.CancelledError):
                loop.run_until_complete(task)

    tasks: list[asyncio.Task[None]] = []
    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(60)
    yield f"http://127.0.0.1:{found[0]}"
    loop.call_soon_threadsafe(tasks[0].cancel)
    thread.join(60)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_a_desk_and_a_phone_and_asks_nobody(address: str, width: int) -> None:
    with chromium(width=width) as page:
        page._send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        for lang, said in (("en", "Timeline"), ("zh", "时间线")):
            page.open(f"{address}/{NAME}?lang={lang}")
            page.wait(said)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            asked = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
            assert [one for one in asked if not one.startswith(address)] == []
        page.open(f"{address}/{NAME}/report?lang=zh")
        page.wait("一句话结论")

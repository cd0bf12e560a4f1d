"""A shop of eight members and one play whose run waits for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from campaign_calendars.values.json import to_json
from tasks.approving.answering import Given
from tasks.planning.plan import plan
from tasks.running.expecting import expect_runs
from tasks.running.phase import RunOutcome, run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from tests.once import done_once
from tests.pulling import refresh

CALENDAR, PHASE = "small-sale", "burst"
MOMENT = datetime(2026, 3, 6, 10, tzinfo=ZONE)
RUN = "small-sale.burst.20260306T020000Z"
HOUR = timedelta(hours=1)
ASKS = "approve: {above: 1}"
SIGNED = ("consent: implied", "consent: required, kind: sms, signature: Corner")
YES = Given(answer="approve", by="Li Wei", reason="looked at it")

T = TypeVar("T")


class Shop:
    """The project and its clock."""

    def __init__(self, root: Path, play: str = ASKS) -> None:
        window = (MOMENT - timedelta(days=1), MOMENT + timedelta(days=1))
        self.root, self.now = write_project(root, [MOMENT], window=window, play=play), MOMENT
        self.rt: Runtime = open_runtime(root, clock=lambda: self.now)

    def change(self, file: str, *changes: tuple[str, str]) -> None:
        path = self.root / file
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def store(self, line: str) -> None:
        with (self.root / "stores" / "corner.yaml").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def run(self) -> RunOutcome:
        return self._done("run", lambda: run_if_due(self.rt, CALENDAR, PHASE, MOMENT))

    def states(self) -> dict[str, int]:
        return Counter(job.status for job in self.rt.ledger.jobs(RUN))

    def delivered(self) -> int:
        files = list((self.root / "var" / "outbox").rglob("*.csv"))
        return sum(line.count("zqm-") > 0 for path in files for line in path.read_text("utf-8-sig").splitlines())

    def apply_plan(self, by: str = "wang") -> str:
        """A plan made and applied now, with runs that are promised by it."""
        return self._done(f"apply by {by}", lambda: self._apply(by))

    def _done(self, what: str, do: Callable[[], T]) -> T:
        def closed() -> T:
            with self.rt:
                return do()

        self.rt.close()
        return done_once(self.root, f"{what} at {self.now}", closed)

    def _apply(self, by: str) -> str:
        refresh(self.rt, CALENDAR, self.now)
        made = plan(self.rt, CALENDAR)
        self.rt.ledger.record_plan(made.checksum, CALENDAR, to_json(made), self.now)
        self.rt.ledger.mark_applied(made.checksum, by, self.now)
        expect_runs(self.rt, self.rt.load_calendar(CALENDAR), self.now, plan=made.checksum)
        return made.checksum

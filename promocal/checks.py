"""Everything a plug-in needs to add checks of calendars and stores. Stable: what is here stays, or is announced.

    from promocal.checks import View, found, rule

    @rule("X101", "warning")
    def burst_has_a_reminder(view: View):
        '''A burst without a play at its last evening.

        中文：爆发期最后一晚没有玩法。
        '''
        for index, phase in enumerate(view.calendar.phases):
            ...
            yield found(("phases", index), ("no reminder", "没有提醒"))

The docstring is what `promocal explain X101` prints, in both languages. Codes of plug-ins begin with X. Announce the
module in the entry-point group `promocal.checks`: `NAME = "my_checks"`; importing it registers its checks.
"""

from __future__ import annotations

from campaign_calendars.checks.registry import View, found, rule, store_rule
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.model.store import Store

__all__ = ["Finding", "Store", "View", "found", "rule", "store_rule", "suggestion"]

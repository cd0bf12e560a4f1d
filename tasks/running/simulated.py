"""Members who respond, for a replay of a generated store: its response model answers every message.

The store's files are copied into the replay's state, and live on there; those of the project stay as they are. What
members do is simulated from beginning to end, and is called so wherever it is shown.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.truth import sample_of
from tasks.replayed import living_in, simulated_folder
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.sample.world import World


def simulated(rt: Runtime, loaded: LoadedCalendar) -> tuple[Runtime, World]:
    """A replay's runtime with sources of its own, and who lives in them, up to the calendar's first moment.

    The same store, seed and calendar give the same members and the same answers. UsageError: the project's sources
    are no generated store, or the store was generated up to later than the calendar begins.
    """
    from warehouse.sample.calendar_effects import world_params
    from warehouse.sample.files import SCHEMAS, later_files
    from warehouse.sample.generate import MANIFEST, Manifest
    from warehouse.sample.world import World

    folder = sample_of(rt.settings)
    if folder is None:
        raise UsageError(
            (
                "--simulate: the sources of this project are no generated store; how real members respond is not known",
                "--simulate：本项目的数据源不是生成的店铺；真实会员会如何反应无从得知",
            ),
            (
                "leave it out: who is reached is replayed all the same; or make a store with promocal sample",
                "请去掉该选项：触达名单照样回放；或用 promocal sample 生成店铺",
            ),
        )
    manifest, start = Manifest.read(folder), loaded.timeline.campaign.start
    if manifest.moment > start:
        raise UsageError(
            (
                f"--simulate: the store was generated up to {manifest.as_of}, {loaded.calendar.calendar} begins before",
                f"--simulate：店铺数据生成至 {manifest.as_of}，而 {loaded.calendar.calendar} 更早开始",
            ),
            (
                f"generate it up to then: promocal sample --as-of {start.isoformat()}",
                f"请生成到该时间为止：promocal sample --as-of {start.isoformat()}",
            ),
        )
    copy = simulated_folder(rt.settings.state)
    copy.mkdir(parents=True)
    later = set(later_files(folder, manifest.format))
    for path in [folder / MANIFEST, *(one for name in SCHEMAS for one in folder.glob(f"{name}-*.{manifest.format}"))]:
        if path not in later:
            shutil.copy2(path, copy / path.name)
    world = World(copy, manifest.seed, world_params(loaded))
    world.advance(world.now, start)
    return replace(rt, settings=living_in(rt.settings, copy)), world

"""What the staff is told becomes an event of the Prefect server as well, for its automations and its feed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from campaign_calendars.findings.said import Said, in_language
from tasks.alerts import delivered_by, title_of
from tasks.settings import AlertKind, Settings

PREFIX = "promocal."


@contextmanager
def alerts_as_events(settings: Settings) -> Iterator[None]:
    """Alerts of the block are emitted as events `promocal.KIND`; with `by = "prefect"` only its automations deliver."""
    lang = settings.alerts.lang or settings.project.lang or "en"

    def emit(kind: AlertKind, said: Said) -> bool:
        from prefect.events import emit_event

        name = f"{PREFIX}{kind}"
        title = in_language(title_of(kind), lang)
        resource = {"prefect.resource.id": name, "prefect.resource.name": title}
        sent = emit_event(name, resource, payload={"title": title, "text": in_language(said, lang)})
        return sent is not None and settings.alerts.by == "prefect"

    with delivered_by(emit):
        yield

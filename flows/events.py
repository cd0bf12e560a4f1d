"""What the staff is told becomes an event of the Prefect server as well, for its automations and its feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from campaign_calendars.findings.said import Said, in_language
from flows.names import EVENT_PREFIX
from tasks.alerts import addresses_of, delivered_by, title_of
from tasks.settings import AlertKind, Settings


@contextmanager
def alerts_as_events(settings: Settings) -> Iterator[None]:
    """Alerts of the block are emitted as events `promocal.KIND`; with `by = "prefect"` its automations deliver.

    Where no webhook of Prefect reaches, promocal goes on delivering by itself.
    """
    lang = settings.alerts.lang or settings.project.lang or "en"

    def emit(kind: AlertKind, said: Said) -> Sequence[str] | None:
        from prefect.events import emit_event

        from flows.automations import webhook_of

        name = f"{EVENT_PREFIX}{kind}"
        title = in_language(title_of(kind), lang)
        resource = {"prefect.resource.id": name, "prefect.resource.name": title}
        sent = emit_event(name, resource, payload={"title": title, "text": in_language(said, lang)})
        if sent is None or settings.alerts.by != "prefect":
            return None
        return [address for address in addresses_of(settings) if webhook_of(address) is None]

    with delivered_by(emit):
        yield

"""What the staff is told becomes an event of the Prefect server as well, for its automations and its feed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Said, in_language
from flows.names import EVENT_PREFIX
from flows.server_api import ServerAddress, ServerApi
from tasks.alerts import addresses_of, alert, delivered_by, title_of
from tasks.settings import AlertKind, Settings


@contextmanager
def alerts_as_events(settings: Settings) -> Iterator[None]:
    """Alerts of the block are emitted as events `promocal.KIND`; with `by = "prefect"` its automations deliver.

    Where no webhook of Prefect reaches, promocal goes on delivering by itself.
    """

    def emit(kind: AlertKind, said: Said) -> Sequence[str] | None:
        from prefect.events import emit_event

        from flows.automations import webhook_of

        sent = emit_event(**_event(settings, kind, said))
        if sent is None or settings.alerts.by != "prefect":
            return None
        return [address for address in addresses_of(settings) if webhook_of(address) is None]

    with delivered_by(emit):
        yield


@dataclass
class Feed:
    """Alerts about the parts of `serve`, which promocal delivers itself, in the server's feed as well.

    What happened while the server was away follows, with its moment, as soon as it hears again.
    """

    settings: Settings
    address: ServerAddress
    _waiting: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=100), init=False)

    def __call__(self, kind: AlertKind, said: Said) -> None:
        alert(self.settings, kind, said)
        moment = {"id": str(uuid4()), "occurred": datetime.now(UTC).isoformat()}
        self._waiting.append(moment | _event(self.settings, kind, said))
        try:
            with ServerApi(self.address) as api:
                api.post("events", list(self._waiting))
        except PromocalError:
            return  # it is the one that is away; with the next news, at the latest that it is back
        self._waiting.clear()


def _event(settings: Settings, kind: AlertKind, said: Said) -> dict[str, Any]:
    lang = settings.alerts.lang or settings.project.lang or "en"
    name, title = f"{EVENT_PREFIX}{kind}", in_language(title_of(kind), lang)
    resource = {"prefect.resource.id": name, "prefect.resource.name": title}
    return {"event": name, "resource": resource, "payload": {"title": title, "text": in_language(said, lang)}}

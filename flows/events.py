"""What the staff is told becomes an event of the Prefect server as well, for its automations and its feed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
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

        event = _Event.of(settings, kind, said)
        sent = emit_event(event.name, event.resource, payload=event.payload)
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
    _waiting: deque[Mapping[str, object]] = field(default_factory=lambda: deque(maxlen=100), init=False)

    def __call__(self, kind: AlertKind, said: Said) -> None:
        alert(self.settings, kind, said)
        event = _Event.of(self.settings, kind, said)
        moment = {"id": str(uuid4()), "occurred": datetime.now(UTC).isoformat()}
        self._waiting.append({**moment, "event": event.name, "resource": event.resource, "payload": event.payload})
        try:
            with ServerApi(self.address) as api:
                api.post("events", list(self._waiting))
        except PromocalError:
            return  # it is the one that is away; with the next news, at the latest that it is back
        self._waiting.clear()


@dataclass(frozen=True, slots=True)
class _Event:
    """An alert as the server keeps it."""

    name: str
    title: str
    text: str

    @classmethod
    def of(cls, settings: Settings, kind: AlertKind, said: Said) -> _Event:
        lang = settings.alerts.lang or settings.project.lang or "en"
        return cls(f"{EVENT_PREFIX}{kind}", in_language(title_of(kind), lang), in_language(said, lang))

    @property
    def resource(self) -> dict[str, str]:
        return {"prefect.resource.id": self.name, "prefect.resource.name": self.title}

    @property
    def payload(self) -> dict[str, str]:
        return {"title": self.title, "text": self.text}

"""A connection to a server that is given up in time, whatever it is that does not answer: names, addresses, TLS."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from typing import Any

_SHORTEST = 0.05  # seconds; a time limit of 0 would mean that nothing is waited for


class Connection(http.client.HTTPConnection):
    """To a server, within a time that covers looking its name up, all of its addresses, and TLS (`trust`)."""

    def __init__(self, host: str, port: int | None, patience: float, trust: ssl.SSLContext | None) -> None:
        self.default_port = http.client.HTTPS_PORT if trust else http.client.HTTP_PORT
        super().__init__(host, port, timeout=patience)
        self._trust = trust
        self._deadline = time.monotonic() + patience

    def hurry(self, deadline: float) -> None:
        """Whatever is done from now on is given up at that moment of `time.monotonic`."""
        self._deadline = deadline
        if self.sock is not None:
            self.sock.settimeout(_left(deadline))

    def connect(self) -> None:
        """Connect to the first of its addresses that answers. OSError: none does in time."""
        refused: OSError = TimeoutError()
        found = looked_up(self.host, self.port, _left(self._deadline))
        for tried, (family, place) in enumerate(found):
            # One that drops packets leaves time for the others.
            seconds = _left(self._deadline) / (len(found) - tried)
            try:
                self.sock = self._connected(family, place, seconds)
            except OSError as error:
                refused = error
            else:
                return
        raise refused

    def _connected(self, family: int, place: Any, seconds: float) -> socket.socket:
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(seconds)
            made.connect(place)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.settimeout(_left(self._deadline))
            return made if self._trust is None else self._trust.wrap_socket(made, server_hostname=self.host)
        except BaseException:
            made.close()
            raise


def looked_up(host: str, port: int, seconds: float) -> list[tuple[int, Any]]:
    """Families and addresses of a host by its name. OSError: there is none; TimeoutError: nobody says so in time."""
    found: list[tuple[int, Any]] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, place) for family, _, _, _, place in rows)
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else socket.gaierror())

    asking = threading.Thread(target=look_up, daemon=True)  # nothing else ends it: a resolver may take half a minute
    asking.start()
    asking.join(seconds)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError
    return found


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), _SHORTEST)

"""A mail server that keeps what arrived and misbehaves on request: aiosmtpd in a thread, and a scripted one."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailSink:
    """`refuse`: recipient → answer to RCPT; `after_data`: recipient → answer to the text, None hangs up."""

    user: str = ""
    password: str = ""
    tls: ssl.SSLContext | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    after_data: dict[str, str | None] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    closed_for_good: bool = False

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.closed_for_good:
            return "421 4.3.2 closing for maintenance"
        if (answer := self.refuse.get(address)) is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        content = envelope.content
        assert isinstance(content, bytes)
        if to in self.after_data:
            answer = self.after_data[to]
            if answer is None:
                assert server.transport is not None
                server.transport.abort()
                return "250 never heard"
            if not answer.startswith("2"):
                return answer
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return f"250 2.0.0 Ok: queued as Q{len(self.mails)}"

    def _knows(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = data.login == self.user.encode() and data.password == self.password.encode()
        return AuthResult(success=known, handled=False)

    def __enter__(self) -> Self:
        more: dict[str, Any] = {}
        if self.user:
            more = {"authenticator": self._knows, "auth_required": True, "auth_require_tls": self.tls is not None}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), tls_context=self.tls, enable_SMTPUTF8=True, **more
        )
        self._controller.start()
        return self

    @property
    def port(self) -> int:
        port: int = self._controller.port
        return port

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


Script = Callable[[socket.socket], None]


class ScriptedServer:
    """Each connection is handed to a script, which says whatever it likes and may hang up."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.served = 0

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.served += 1
            with connection:
                try:
                    self._script(connection)
                except OSError:
                    continue

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()


def plays(*answers: bytes) -> Script:
    """Says each answer after a line of the client (the first at once), then hangs up. Of a text, its end counts."""

    def script(connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        in_text = False
        for number, answer in enumerate(answers):
            if number:
                while True:
                    line = lines.readline()
                    if not line:
                        return
                    if not in_text or line == b".\r\n":
                        break
            in_text = answer.startswith(b"354")
            connection.sendall(answer)

    return script


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody else trusts: its file, and what a server needs."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "trusted.pem", folder / "private.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return trusted, context

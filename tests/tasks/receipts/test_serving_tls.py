"""The endpoint for reports behind a proxy or with TLS of its own: neither weakens who may send."""

from __future__ import annotations

import asyncio
import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.channels.signing import HEADER, signature
from tasks.receipts.serving import Receiver, serve, tls_of
from tasks.receipts.taking import Desk
from tasks.runtime import Runtime
from tasks.settings import ReceiveSection
from tests.tasks.receipts.test_serving import SECRET, TOKEN, Running
from warehouse.ledger.memory import MemoryLedger

BODY = json.dumps([{"phone_number": "13900000777", "content": "R"}]).encode()
PROXIED = (
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1;proto=https"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "localhost", "Host": "localhost"},
    {"X-Original-URL": f"/receipts/sms/{TOKEN}", "X-Rewrite-URL": f"/receipts/sms/{TOKEN}"},
    {"X-HTTP-Method-Override": "GET", "X-Forwarded-Prefix": f"/receipts/sms/{TOKEN}"},
    {"X-Forwarded-User": "admin", "X-Client-Verified": "SUCCESS", "Authorization": f"Bearer {SECRET}"},
)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.close()


@pytest.mark.parametrize("headers", PROXIED)
def test_what_a_proxy_may_add_opens_nothing(running: Running, headers: dict[str, str]) -> None:
    forged = signature("another secret..", BODY, int(time.time()))
    assert running.post(BODY, **headers)[0] == 401
    assert running.post(BODY, **headers, **{HEADER: forged})[0] == 401
    assert list(running.ledger.suppression_rows()) == []


@pytest.mark.parametrize("headers", PROXIED)
def test_and_shuts_nothing_either(headers: dict[str, str]) -> None:
    made = Running()
    status, said = made.post(BODY, **headers, **{HEADER: signature(SECRET, BODY, int(time.time()))})
    made.close()
    assert (status, said["refusals"]) == (200, 1)


def certificate(folder: Path, name: str = "receipts") -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


def tls(root: Path, **keys: str) -> ssl.SSLContext | None:
    settings = SimpleNamespace(root=root, receive=ReceiveSection.model_validate(keys))
    return tls_of(cast("Runtime", SimpleNamespace(settings=settings)))


def test_with_a_certificate_it_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    chain, _ = certificate(tmp_path)
    context = tls(tmp_path, certificate="receipts.pem", key="receipts.key")
    receiver = Receiver(Desk(MemoryLedger(), {"sms": "sms"}), lambda: datetime.now(UTC), SECRET, TOKEN)
    port: list[int] = []
    there, loop = threading.Event(), asyncio.new_event_loop()

    def ready(found: int) -> None:
        port.append(found)
        there.set()

    task = loop.create_task(serve(receiver, "127.0.0.1", 0, ready, context))

    def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert there.wait(5)
        trusting = ssl.create_default_context(cafile=str(chain))
        secure = http.client.HTTPSConnection("127.0.0.1", port[0], timeout=5, context=trusting)
        secure.request("POST", "/receipts/sms", BODY, {HEADER: signature(SECRET, BODY, int(time.time()))})
        assert secure.getresponse().status == 200
        secure.close()
        plain = http.client.HTTPConnection("127.0.0.1", port[0], timeout=5)
        plain.request("POST", f"/receipts/sms/{TOKEN}", BODY)
        with pytest.raises((http.client.HTTPException, OSError)):
            plain.getresponse()
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def test_files_that_do_not_go_together_are_said_at_the_start(tmp_path: Path) -> None:
    certificate(tmp_path)
    certificate(tmp_path, "other")
    (tmp_path / "junk.pem").write_text("no certificate")
    wrong: tuple[dict[str, Any], ...] = (
        {"certificate": "receipts.pem", "key": "other.key"},
        {"certificate": "receipts.pem"},
        {"certificate": "nowhere.pem", "key": "receipts.key"},
        {"certificate": "junk.pem", "key": "receipts.key"},
        {"key": "receipts.key"},
    )
    for keys in wrong:
        with pytest.raises(UsageError, match="receive: ") as caught:
            tls(tmp_path, **keys)
        assert "PEM" in caught.value.remedy
    assert tls(tmp_path) is None

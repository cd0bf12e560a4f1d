"""Mails by SMTP (A4): one mail a member, with a text and an HTML part and the way to refuse in its header.

What the server answers before it has the text decides for sure: 5xx fails, 4xx is tried later. Once the text is on
its way and no answer comes, nobody knows whether it arrived, and SMTP knows no key: such a mail is `unknown`. A server
that does not know us (530, 535, 5.7.8 …) or offers no encryption stops the channel before anything leaves.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.policy import SMTP
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from campaign_calendars.findings.errors import ChannelBusyError, ChannelError, UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.providers.profile import profile_named
from tasks.channels.answers import storable
from tasks.channels.mail import Refusing, UnfitAddressError, address_of, mail_of, one_line
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message, all_as
from warehouse.ledger.records import Outcome

_PROFILE = profile_named("smtp")
_LATER = timedelta(minutes=10)  # greylisting asks for some minutes
_AWAY = timedelta(minutes=1)
_GO_ON = 354
_CLOSING = 421
_UNAUTHORISED = frozenset({530, 534, 535, 538})
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")


_DONE, _TRY_LATER, _NEVER = 2, 4, 5  # first digits of answers (RFC 5321, 4.2.1)
_REPLY = re.compile(rb"([2-5]\d\d)([ -]|$)")
_MOST_LINES, _LONGEST_LINE = 100, 8192


class _Bounded(smtplib.SMTP):
    """A client that reads no answer without end, and takes none that is not one."""

    def getreply(self) -> tuple[int, bytes]:
        """The code and the words of an answer; code -1 for what is no answer. Raises SMTPServerDisconnected."""
        if self.file is None:
            self.file = self.sock.makefile("rb")  # type: ignore[union-attr]
        said: list[bytes] = []
        while len(said) < _MOST_LINES:
            line = self.file.readline(_LONGEST_LINE + 1)
            if not line or len(line) > _LONGEST_LINE:
                break
            found = _REPLY.match(line.rstrip(b"\r\n"))
            if found is None:
                return -1, b""
            said.append(line[4:].strip())
            if found[2] != b"-":
                return int(found[1]), b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected("the answer has no end")


class _BoundedTls(_Bounded, smtplib.SMTP_SSL):
    """The same over TLS from the first byte on."""


@dataclass(slots=True)
class _Line:
    """A connection that is opened when it is needed, and again after it broke."""

    server: smtplib.SMTP | None = None

    def close(self) -> None:
        if self.server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.server.quit()
            self.drop()

    def drop(self) -> None:
        if self.server is not None:
            self.server.close()
        self.server = None


@dataclass(frozen=True, slots=True)
class SmtpChannel:
    """`timeout` in seconds, of each answer. Raises UsageError for settings with which no mail can leave."""

    name: str
    host: str
    port: int
    sender: Address
    subject: str
    refusing: Refusing
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    batch: int = 100
    trusted: ssl.SSLContext | None = field(default=None, repr=False)
    line: _Line | None = field(default=None, repr=False)

    needs_address = True
    honours_key = False

    @property
    def batch_size(self) -> int | None:
        return self.batch

    def __repr__(self) -> str:
        return f"SmtpChannel(name={self.name!r})"

    @contextmanager
    def connected(self) -> Iterator[SmtpChannel]:
        """The same channel with one connection for all batches of a dispatch."""
        line = _Line()
        try:
            yield replace(self, line=line)
        finally:
            line.close()

    def send(self, batch: Batch) -> list[Outcome]:
        if self.line is None:
            with self.connected() as open_one:
                return open_one.send(batch)
        outcomes: list[Outcome] = []
        for number, message in enumerate(batch.messages):
            try:
                outcomes.append(self._deliver(self.line, message))
            except ChannelError as error:
                if not outcomes:
                    raise
                left = Outcome("", "pending", error=error.message, retry_after=_AWAY)
                outcomes += all_as(batch.messages[number:], left)
                break
        return outcomes

    def _deliver(self, line: _Line, message: Message) -> Outcome:
        """One mail. Raises ChannelError while nothing of it has left and no other can leave either."""
        try:
            sent_at = datetime.now(UTC)
            mail = mail_of(message, sender=self.sender, subject=self.subject, refusing=self.refusing, sent_at=sent_at)
        except UnfitAddressError as error:
            return Outcome(message.intent_key, "failed", error=str(error))
        server = self._server(line)
        to = address_of(message.address or "").addr_spec
        try:
            refused = self._envelope(server, to)
        except (smtplib.SMTPException, OSError) as error:
            # The text was not asked for yet: nothing can have arrived.
            line.drop()
            reason = f"the connection broke ({type(error).__name__})"
            return Outcome(message.intent_key, "pending", error=reason, retry_after=_AWAY)
        if refused is not None:
            return self._refused(line, message, *refused)
        return self._text(line, server, message, mail.as_bytes(policy=SMTP))

    def _envelope(self, server: smtplib.SMTP, to: str) -> tuple[int, bytes] | None:
        """Sender, recipient and the wish to send a text; the first answer that says no."""
        code, said = server.mail(self.sender.addr_spec)
        if code // 100 == _DONE:
            code, said = server.rcpt(to)
        if code // 100 == _DONE:
            code, said = server.docmd("DATA")
            return None if code == _GO_ON else (code, said)
        return code, said

    def _text(self, line: _Line, server: smtplib.SMTP, message: Message, text: bytes) -> Outcome:
        """The text itself; from here on only an answer says what became of it."""
        lines = b"\r\n".join(b"." + one if one.startswith(b".") else one for one in text.splitlines())
        try:
            server.send(lines + b"\r\n.\r\n")
            code, said = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            line.drop()
            return Outcome(message.intent_key, "unknown", error=f"no answer to the text ({type(error).__name__})")
        if code // 100 == _DONE:
            return Outcome(message.intent_key, "sent", receipt=storable(said))
        if code // 100 not in (_TRY_LATER, _NEVER):
            line.drop()
            return Outcome(message.intent_key, "unknown", error=f"an answer of no known kind ({code})")
        return self._refused(line, message, code, said)

    def _refused(self, line: _Line, message: Message, code: int, said: bytes) -> Outcome:
        """What an answer other than yes means for a mail that certainly was not taken."""
        status = _enhanced(said)
        reason = storable(f"{code} {status} {said.decode('utf-8', 'replace')}")
        known = _PROFILE.answer(status)
        if code in _UNAUTHORISED or (known is not None and known.then == "stop"):
            line.drop()
            raise self._broken((f"the server refused us ({code} {status})", f"服务器拒绝了本账号（{code} {status}）"))
        if code == _CLOSING or code // 100 not in (_TRY_LATER, _NEVER) or not _begins_anew(line.server):
            line.drop()
        if code // 100 == _NEVER:
            gone = known is not None and known.then == "suppress"
            said_so = f"no such mailbox: {reason}" if gone else reason
            return Outcome(message.intent_key, "failed", error=said_so, refuses_contact=gone)
        return Outcome(message.intent_key, "pending", error=reason, retry_after=_LATER)

    def _server(self, line: _Line) -> smtplib.SMTP:
        if line.server is None:
            line.server = self._connect()
        return line.server

    def _connect(self) -> smtplib.SMTP:
        """A connection over which mails may go. Raises ChannelError; nothing of any mail has left."""
        context = self.trusted or ssl.create_default_context()
        server: smtplib.SMTP | None = None
        try:
            if self.security == "tls":
                server = _BoundedTls(self.host, self.port, timeout=self.timeout, context=context)
            else:
                server = _Bounded(self.host, self.port, timeout=self.timeout)
            server.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if server is not None:
                server.close()
            raise self._not_connected(error) from None
        return server

    def _not_connected(self, error: Exception) -> ChannelError:
        """Busy where a later try may help; else the settings are wrong. Never what the server said: it may quote us."""
        name = type(error).__name__
        if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code // 100 == _NEVER:
            return self._broken(("user or password are refused", "用户名或密码被拒绝"))
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return self._broken(
                ("the server offers no encryption or no login", "服务器不支持加密或登录（STARTTLS、AUTH）")
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._broken(("the server's certificate is not trusted", "服务器证书不受信任"))
        if isinstance(error, UnicodeError | ValueError) and not isinstance(error, ssl.SSLError):
            return self._broken((f"its settings cannot be used ({name})", f"设置无法使用（{name}）"))
        return ChannelBusyError((f"no connection to the mail server ({name})", f"无法连接邮件服务器（{name}）"))

    def _broken(self, why: Said) -> ChannelError:
        return ChannelError(
            (f"channel {self.name} cannot be used: {why[0]}", f"渠道 {self.name} 无法使用：{why[1]}"),
            ("Check its host, security, user and password.", "请核对其 host、security、user 与密码。"),
        )


def _begins_anew(server: smtplib.SMTP | None) -> bool:
    """Whether the connection takes another mail after one that was refused."""
    try:
        return server is not None and server.rset()[0] // 100 == _DONE
    except (smtplib.SMTPException, OSError):
        return False


def _enhanced(said: bytes) -> str:
    """The status code of RFC 3463 in an answer; empty where it has none."""
    found = _ENHANCED.match(said.decode("ascii", "replace").strip())
    return found[1] if found else ""


class SmtpKeys(ChannelKeys):
    """`kind = "smtp"`. Times in seconds."""

    host: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:\-\[\]]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str = ""
    user: str = ""
    password_env: str = ""
    sender: str
    sender_name: str = ""
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    unsubscribe_url: str = ""
    unsubscribe_mail: str = ""
    unsubscribe_env: str = ""
    timeout: Annotated[float, Field(gt=0, le=600)] = 60.0
    batch: Annotated[int, Field(ge=1, le=1_000)] = _PROFILE.batch.value if _PROFILE.batch is not None else 100


_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def _open(setup: ChannelSetup[SmtpKeys]) -> SmtpChannel:
    keys, place = setup.keys, f"channels.{setup.name}"
    password = setup.secret(keys.password_env) if keys.password_env else ""
    if bool(keys.user) != bool(password):
        raise _unfit(place, "user", ("user and password_env go together", "user 与 password_env 须同时写"))
    if password and keys.security == "none":
        raise _unfit(place, "security", ("a password would go unencrypted", "密码会以明文发送"))
    if any(one in keys.user + password for one in "\r\n\0"):
        raise _unfit(place, "password_env", ("user or password hold a line end", "用户名或密码含有换行"))
    return SmtpChannel(
        name=setup.name,
        host=keys.host,
        port=keys.port or _PORTS[keys.security],
        sender=_sender(keys, place),
        subject=one_line(keys.subject),
        refusing=_refusing(setup, place),
        security=keys.security,
        user=keys.user,
        password=password,
        timeout=keys.timeout,
        batch=keys.batch,
        trusted=_trusted(keys.ca_file, place),
    )


def _sender(keys: SmtpKeys, place: str) -> Address:
    try:
        found = address_of(keys.sender)
    except UnfitAddressError:
        raise _unfit(place, "sender", ("this is no mail address", "不是邮件地址")) from None
    return Address(one_line(keys.sender_name), found.username, found.domain)


def _refusing(setup: ChannelSetup[SmtpKeys], place: str) -> Refusing:
    """Promotional mail needs a way to refuse it (B7); mailboxes ask for one click (RFC 8058)."""
    keys = setup.keys
    if not (keys.unsubscribe_url or keys.unsubscribe_mail):
        why = ("promotional mail needs a way to refuse it", "推广邮件须提供退订方式")
        raise _unfit(place, "unsubscribe_url", why)
    if keys.unsubscribe_url:
        plain = keys.unsubscribe_url
        if not plain.startswith("https://") or "{token}" not in plain or not re.fullmatch(r"[!-;=?-~]+", plain):
            raise _unfit(place, "unsubscribe_url", ("write https://… with {token} in it", "请写 https://…，含 {token}"))
        if not keys.unsubscribe_env:
            why = ("is missing: the variable of the secret that signs tokens", "没有写：签名令牌所用密钥的环境变量")
            raise _unfit(place, "unsubscribe_env", why)
    if keys.unsubscribe_mail:
        try:
            address_of(keys.unsubscribe_mail)
        except UnfitAddressError:
            raise _unfit(place, "unsubscribe_mail", ("this is no mail address", "不是邮件地址")) from None
    secret = setup.secret(keys.unsubscribe_env) if keys.unsubscribe_env else ""
    return Refusing(keys.unsubscribe_url, keys.unsubscribe_mail, secret)


def _trusted(ca_file: str, place: str) -> ssl.SSLContext | None:
    if not ca_file:
        return None
    try:
        return ssl.create_default_context(cafile=str(Path(ca_file).expanduser()))
    except (OSError, ValueError):
        raise _unfit(place, "ca_file", ("certificates cannot be read from it", "无法读取证书")) from None


def _unfit(place: str, key: str, why: Said) -> UsageError:
    return UsageError(
        (f"{place}.{key}: {why[0]}", f"{place}.{key}：{why[1]}"),
        ("See docs/channels.md, smtp.", "见 docs/channels.zh.md 的 smtp 一节。"),
    )


KIND = ChannelKind("smtp", SmtpKeys, _open)

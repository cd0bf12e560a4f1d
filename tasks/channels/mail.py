"""A message as a mail: headers that cannot be broken out of, a text and an HTML part, and the way to refuse (RFC 8058).

The subject is the first line of the text when it begins with `Subject:` or `主题：`, else that of the channel.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from campaign_calendars.messages.material import Attached
from tasks.channels.port import Message

_SUBJECT = re.compile(r"\s*(?:subject|主题)\s*[:：]\s*(.*)", re.IGNORECASE)
_LONGEST_HEADER = 200
_LINK = re.compile(r"https?://[^\s<>\"'，。；）]+")
TOKEN_LENGTH = 32
"""Hexadecimal digits of the signature in a link to refuse."""


class UnfitAddressError(ValueError):
    """No mail can go to this address."""


@dataclass(frozen=True, slots=True)
class Refusing:
    """How a member refuses further mails: an https address with `{token}`, a mailbox, or both.

    `secret` signs the token, so that nobody can refuse for others.
    """

    url: str = ""
    mail: str = ""
    secret: str = ""

    def headers(self, key: str) -> dict[str, str]:
        ways = []
        if self.url:
            ways.append(f"<{self.url.replace('{token}', quote(token_of(key, self.secret), safe='.'))}>")
        if self.mail:
            ways.append(f"<mailto:{self.mail}?subject=unsubscribe-{key}>")
        found = {"List-Unsubscribe": ", ".join(ways)}
        if self.url:
            found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return found


def token_of(key: str, secret: str) -> str:
    """What stands in a link to refuse: the key of the message, which is no personal data, and its signature."""
    return f"{key}.{hmac.new(secret.encode(), key.encode(), 'sha256').hexdigest()[:TOKEN_LENGTH]}"


def address_of(text: str) -> Address:
    """An address without a name, its domain in ASCII. Raises UnfitAddressError, which does not quote it."""
    plain = text.strip()
    if len(plain) > _LONGEST_HEADER or any(_breaks(one) for one in plain):
        raise UnfitAddressError("the address is no mail address")
    user, _, place = plain.rpartition("@")
    try:
        found = Address(addr_spec=f"{user}@{place.encode('idna').decode('ascii')}")
    except Exception:  # noqa: BLE001 - its parser raises what it likes for half an address; all of it means the same
        raise UnfitAddressError("the address is no mail address") from None
    domain = found.domain
    if not found.username or "." not in domain or domain.startswith((".", "[")) or ".." in domain or " " in plain:
        raise UnfitAddressError("the address is no mail address")
    return found


def one_line(text: str) -> str:
    """Words for a header: one line, nothing that ends it or turns its direction."""
    spaced = "".join(" " if _breaks(one) else one for one in text)
    return " ".join(spaced.split())[:_LONGEST_HEADER]


def _breaks(one: str) -> bool:
    return unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def mail_of(message: Message, *, sender: Address, subject: str, refusing: Refusing, sent_at: datetime) -> EmailMessage:
    """The mail of a message. `sent_at` is aware. Raises UnfitAddressError."""
    to = address_of(message.address or "")
    title, text = _split(message.text, subject)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(one_line(message.name or ""), to.username, to.domain)
    mail["Subject"] = one_line(title)
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = message_id(message.intent_key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in refusing.headers(message.intent_key).items():
        mail[name] = value
    plain = _storable("\n".join([text, *_lines(message.attachments)]))
    mail.set_content(plain + "\n", charset="utf-8", cte="base64")
    mail.add_alternative(_html(text, message.attachments), subtype="html", charset="utf-8", cte="base64")
    return mail


def message_id(key: str, sender: Address) -> str:
    """The same for the same message, so that a provider can be asked for it."""
    return f"<{key}@{sender.domain}>"


def _split(text: str, subject: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    found = _SUBJECT.fullmatch(first)
    return (found[1], rest.lstrip("\n")) if found and one_line(found[1]) else (subject, text)


def _storable(text: str) -> str:
    """Half characters cannot be encoded; line ends are those of the policy."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _lines(attachments: tuple[Attached, ...]) -> list[str]:
    return ["", *(one.in_a_cell() for one in attachments)] if attachments else []


def _html(text: str, attachments: tuple[Attached, ...]) -> str:
    paragraphs = "".join(f"<p>{_linked(part)}</p>\n" for part in _storable(text).split("\n\n"))
    along = "".join(f"<li>{_along(one)}</li>\n" for one in attachments)
    listed = f"<ul>\n{along}</ul>\n" if along else ""
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{paragraphs}{listed}</body></html>\n'


def _linked(text: str) -> str:
    """Escaped text with its web addresses as links."""
    parts, end = [], 0
    for match in _LINK.finditer(text):
        address = escape(match[0])
        parts += [escape(text[end : match.start()]), f'<a href="{address}">{address}</a>']
        end = match.end()
    return "".join([*parts, escape(text[end:])]).replace("\n", "<br>\n")


def _along(one: Attached) -> str:
    if one.url.startswith(("https://", "http://")):
        title = escape(_storable(one.title or one.url))
        words = f" {escape(_storable(one.text))}" if one.text else ""
        return f'<a href="{escape(one.url)}">{title}</a>{words}'
    return escape(_storable(one.in_a_cell())).replace("\n", "<br>\n")

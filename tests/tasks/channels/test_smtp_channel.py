"""Mails against a real server that misbehaves: where each answer puts a message, and what no text can break out of."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import ChannelBusyError, ChannelError, UsageError
from campaign_calendars.messages.material import Attached
from promocal.testing import a_batch
from tasks.channels import smtp
from tasks.channels.mail import UnfitAddressError, address_of, one_line, token_of
from tasks.channels.port import Batch, ChannelPort, Message, kept_open
from tasks.channels.registry import open_channel
from tests.tasks.channels.mail_sink import MailSink, ScriptedServer, certificate, free_port, plays

SECRETS = {"MAIL_PASSWORD": "s3cret", "REFUSALS": "salt", "BROKEN": "a\r\nb"}


def mails(count: int, **change: Any) -> Batch:
    batch = a_batch(count)
    changed = tuple(
        replace(message, **{"address": f"m{number}@example.com", **change})
        for number, message in enumerate(batch.messages)
    )
    return replace(batch, messages=changed)


def opened(port: int = 25, **keys: Any) -> ChannelPort:
    table = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "shop@example.com",
        "subject": "上新",
        "unsubscribe_mail": "stop@example.com",
        "timeout": 2,
        **keys,
    }
    return open_channel(smtp.KIND, "mail", table, Path(), SECRETS.__getitem__)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as server:
        yield server


def test_a_mail_has_both_parts_the_way_to_refuse_and_one_recipient(sink: MailSink) -> None:
    channel = opened(
        sink.port,
        sender_name="演示食品店",
        unsubscribe_url="https://shop.example/u?t={token}",
        unsubscribe_env="REFUSALS",
    )
    batch = mails(1, text="主题：春茶到了\n\n您好 <b>&，见 https://shop.example/a?b=1&c=2。\n.\n第二行")
    link = Attached(kind="link", url="https://shop.example/x", title="看 <看>")
    (outcome,) = channel.send(replace(batch, messages=(replace(batch.messages[0], attachments=(link,)),)))
    assert (outcome.status, outcome.receipt) == ("sent", "2.0.0 Ok: queued as Q1")
    (mail,) = sink.mails
    key = batch.messages[0].intent_key
    assert mail["Subject"] == "春茶到了"
    assert mail["From"] == "演示食品店 <shop@example.com>"
    assert mail["To"] == "李雷雷 <m0@example.com>"
    assert mail["Message-ID"] == f"<{key}@example.com>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    first, second = mail["List-Unsubscribe"].split(", ")
    assert first == f"<https://shop.example/u?t={token_of(key, 'salt')}>"
    assert second == f"<mailto:stop@example.com?subject=unsubscribe-{key}>"
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == (
        "您好 <b>&，见 https://shop.example/a?b=1&c=2。\n.\n第二行\n\n看 <看> | https://shop.example/x\n"
    )
    assert "&lt;b&gt;&amp;" in html.get_content()
    assert '<a href="https://shop.example/a?b=1&amp;c=2">' in html.get_content()
    assert '<a href="https://shop.example/x">看 &lt;看&gt;</a>' in html.get_content()


@pytest.mark.parametrize(
    "hostile",
    [
        "Hi\r\nBcc: all@example.com",
        "Hi\nBcc: all@example.com",
        "Hi\rBcc: all@example.com",
        "Hi\u2028Bcc: all@example.com",
        "Hi\x85Bcc: all@example.com",
        "Hi\0\x0bBcc: all@example.com",
        "\u202eolleh\ud83d",
        "x" * 5_000,
        '"quoted" <other@example.com>, more',
    ],
)
def test_no_header_can_be_broken_out_of(sink: MailSink, hostile: str) -> None:
    batch = mails(2, name=hostile, text=f"主题：{hostile}\ntext")
    outcomes = opened(sink.port, sender_name="".join(one for one in hostile if one < "\ud800")).send(batch)
    assert {outcome.status for outcome in outcomes} == {"sent"}
    for mail in sink.mails:
        assert mail["Bcc"] is None
        assert len(mail.get_all("To", [])) == len(mail.get_all("Subject", [])) == 1
        assert [one.addr_spec for one in mail["To"].addresses] in (["m0@example.com"], ["m1@example.com"])
        assert [one.addr_spec for one in mail["From"].addresses] == ["shop@example.com"]
        assert mail.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "a@",
        "@b.cn",
        "a b@c.cn",
        "a@b",
        "a@b.cn\r\nRCPT TO:<x@y.cn>",
        "a@b.cn>\nDATA",
        "a@b.cn, c@d.cn",
        "<a@b.cn>",
        "a@[127.0.0.1]",
        "a@b..cn",
        "a@.cn",
        "a\0@b.cn",
        "x" * 300 + "@b.cn",
        "13900000101",
        '"a\r\n"@b.cn',
    ],
)
def test_what_is_no_address_fails_alone_and_is_not_quoted(sink: MailSink, address: str) -> None:
    batch = mails(2)
    wrong = replace(batch.messages[0], address=address)
    first, second = opened(sink.port).send(replace(batch, messages=(wrong, batch.messages[1])))
    assert (first.status, first.error) == ("failed", "the address is no mail address")
    assert second.status == "sent"
    assert len(sink.mails) == 1


def test_a_domain_in_chinese_is_written_as_names_of_hosts_are(sink: MailSink) -> None:
    first, second = opened(sink.port).send(
        replace(batch := mails(2), messages=tuple(map(_at, batch.messages, ("li@例子.中国", "李@example.com"))))
    )
    assert (first.status, second.status) == ("sent", "failed")
    assert sink.mails[0]["To"].addresses[0].addr_spec == "li@xn--fsqu00a.xn--fiqs8s"


def _at(message: Message, address: str) -> Message:
    return replace(message, address=address)


def test_each_recipient_has_the_outcome_of_the_servers_answer(sink: MailSink) -> None:
    sink.refuse = {
        "m0@example.com": "550 5.1.1 No such user m0@example.com",
        "m1@example.com": "450 4.2.0 greylisted",
        "m2@example.com": "999 what",
        "m3@example.com": "452 4.2.2 mailbox full",
    }
    sink.after_data = {
        "m5@example.com": "554 5.7.1 spam",
        "m6@example.com": "451 4.3.0 later",
        "m7@example.com": None,
    }
    outcomes = opened(sink.port).send(mails(9))
    assert [one.status for one in outcomes] == [
        "failed", "pending", "pending", "pending", "sent", "failed", "pending", "unknown", "sent",
    ]  # fmt: skip
    assert outcomes[0].error is not None
    assert outcomes[0].error.startswith("no such mailbox: 550 5.1.1")
    assert all(one.retry_after for one in outcomes if one.status == "pending")
    assert [mail["To"].addresses[0].addr_spec for mail in sink.mails] == ["m4@example.com", "m8@example.com"]


def test_a_server_that_closes_is_left_alone_and_nothing_is_doubtful(sink: MailSink) -> None:
    sink.closed_for_good = True
    outcomes = opened(sink.port).send(mails(3))
    assert {one.status for one in outcomes} == {"pending"}
    assert not sink.mails


HELLO = (b"220 hi\r\n", b"250 example.com\r\n")
UNTIL_TEXT = (*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n")


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (HELLO, "pending"),
        ((*HELLO, b"250 ok\r\n"), "pending"),
        ((*HELLO, b"250 ok\r\n", b"250 ok\r\n"), "pending"),
        ((*HELLO, b"250 ok\r\n", b"250 ok\r\n", b"250 go on\r\n"), "pending"),
        ((*HELLO, b"\xff\xfe\r\n"), "pending"),
        ((*HELLO, b"250-" + b"x" * 9_000 + b"\r\n"), "pending"),
        ((*HELLO, b"250-more\r\n" * 500), "pending"),
        (UNTIL_TEXT, "unknown"),
        ((*UNTIL_TEXT, b"hello?\r\n"), "unknown"),
        ((*UNTIL_TEXT, b"250-" + b"x" * 9_000), "unknown"),
        ((*UNTIL_TEXT, b"250-more\r\n" * 500), "unknown"),
        ((*UNTIL_TEXT, b"354 again\r\n"), "unknown"),
        ((*UNTIL_TEXT, b"451 later\r\n"), "pending"),
        ((*UNTIL_TEXT, b"552 5.2.2 full\r\n"), "failed"),
        ((*UNTIL_TEXT, b"250\r\n"), "sent"),
        ((*UNTIL_TEXT, b"250 2.0.0 \xff\xfe\0 13900000101\r\n"), "sent"),
    ],
)
def test_only_after_the_text_is_a_mail_in_doubt(answers: tuple[bytes, ...], status: str) -> None:
    with ScriptedServer(plays(*answers)) as server:
        (outcome,) = opened(server.port).send(mails(1))
    assert outcome.status == status
    assert "\0" not in (outcome.receipt or "") + (outcome.error or "")


def test_one_connection_serves_a_whole_dispatch(sink: MailSink) -> None:
    channel = opened(sink.port)
    with kept_open(channel) as line:
        for _ in range(3):
            line.send(mails(2))
    assert (len(sink.mails), sink.connections) == (6, 1)
    channel.send(mails(1))
    channel.send(mails(1))
    assert sink.connections == 3


def test_encryption_and_login(tmp_path: Path) -> None:
    trusted, context = certificate(tmp_path)
    keys = {"security": "starttls", "user": "shop", "password_env": "MAIL_PASSWORD"}
    with MailSink(user="shop", password="s3cret", tls=context) as server:
        (outcome,) = opened(server.port, ca_file=str(trusted), **keys).send(mails(1))
        assert outcome.status == "sent"
        with pytest.raises(ChannelError, match="certificate is not trusted"):
            opened(server.port, **keys).send(mails(1))
    with MailSink(user="shop", password="other", tls=context) as server:
        with pytest.raises(ChannelError, match="user or password are refused") as caught:
            opened(server.port, ca_file=str(trusted), timeout=9, **keys).send(mails(1))
        assert "s3cret" not in str(caught.value)
        assert not isinstance(caught.value, ChannelBusyError)
        assert not server.mails


def test_no_mail_goes_in_the_clear_where_encryption_was_asked_for(sink: MailSink) -> None:
    with pytest.raises(ChannelError, match="no encryption"):
        opened(sink.port, security="starttls").send(mails(1))
    assert not sink.mails


def test_a_server_that_wants_a_login_stops_the_channel() -> None:
    with MailSink(user="shop", password="x") as server, pytest.raises(ChannelError, match="refused us"):
        opened(server.port).send(mails(2))


def test_a_server_that_is_away_is_busy() -> None:
    with pytest.raises(ChannelBusyError):
        opened(free_port()).send(mails(1))
    with ScriptedServer(plays(b"554 go away\r\n")) as server, pytest.raises(ChannelBusyError):
        opened(server.port).send(mails(1))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"unsubscribe_mail": ""}, "channels.mail.unsubscribe_url: promotional mail needs a way to refuse it"),
        ({"unsubscribe_url": "http://x/{token}"}, "channels.mail.unsubscribe_url"),
        ({"unsubscribe_url": "https://x/"}, "channels.mail.unsubscribe_url"),
        ({"unsubscribe_url": "https://x/{token}>\r\n"}, "channels.mail.unsubscribe_url"),
        ({"unsubscribe_url": "https://x/{token}"}, "channels.mail.unsubscribe_env: is missing"),
        ({"unsubscribe_mail": "nobody"}, "channels.mail.unsubscribe_mail"),
        ({"sender": "shop"}, "channels.mail.sender"),
        ({"sender": "a@b.cn\r\nX: y"}, "channels.mail.sender"),
        ({"user": "shop"}, "channels.mail.user: user and password_env go together"),
        ({"user": "shop", "password_env": "MAIL_PASSWORD"}, "channels.mail.security: a password would go unencrypted"),
        (
            {"user": "shop", "password_env": "BROKEN", "security": "tls"},
            "channels.mail.password_env: user or password hold a line end",
        ),
        ({"ca_file": "/nowhere.pem"}, "channels.mail.ca_file"),
        ({"host": "mail.example.com/x"}, "channels.mail.host"),
        ({"host": "a\r\nb"}, "channels.mail.host"),
        ({"batch": 0}, "channels.mail.batch"),
        ({"port": 70_000}, "channels.mail.port"),
        ({"subject": ""}, "channels.mail.subject"),
    ],
)
def test_settings_that_cannot_work_fail_when_the_channel_opens(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        opened(**keys)
    assert words in caught.value.message
    assert not any(secret in str(caught.value) for secret in SECRETS.values())


def test_a_link_to_refuse_holds_the_key_of_the_message_and_an_hmac_of_it() -> None:
    key = "k" * 64
    signed = hmac.new(b"salt", key.encode(), hashlib.sha256).hexdigest()[:32]
    assert token_of(key, "salt") == f"{key}.{signed}" != token_of(key, "pepper")


def test_words_of_a_header_are_one_line() -> None:
    assert one_line(" a\r\n\tb\u2029c\u200d ") == "a b c"
    assert address_of(" a@b.cn ").addr_spec == "a@b.cn"
    with pytest.raises(UnfitAddressError):
        address_of("a@b\n.cn")

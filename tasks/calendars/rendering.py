"""Messages rendered from their templates: Jinja in a sandbox, the same text every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.said import Said, as_said
from campaign_calendars.messages import faults
from campaign_calendars.messages.faults import fault
from campaign_calendars.messages.limits import finished, too_long
from campaign_calendars.messages.material import on_sale
from campaign_calendars.messages.sms import length, segments, signature_length
from campaign_calendars.messages.templates import (
    OWN,
    Names,
    announcement,
    list_in_words,
)
from campaign_calendars.model.store import Channel
from tasks.calendars import engine
from tasks.calendars.codes import masked_code
from tasks.calendars.gaps import NAME, Gapped, Variable, gapped

if TYPE_CHECKING:
    from jinja2 import Template

    from warehouse.ledger.records import Job
    from warehouse.snapshots.recipients import Recipient


_Own = Callable[[str], Mapping[str, str]]
"""Benefit → what is the member's own of it."""
_OF_THE_MEMBER = frozenset({NAME})


class MessageError(ValueError):
    """One message cannot be rendered; its job fails, the others go on. `said` is why, in English and Chinese."""

    def __init__(self, said: Said | str) -> None:
        self.said = as_said(said)
        super().__init__(self.said[0])


@dataclass(frozen=True)
class Renderer:
    """Jobs → texts. `sources` maps a message's name in the calendar to its template text.

    Of `channels` an SMS ends with the way to refuse it. A text that is longer than its channel takes is held back.
    `own` says what is the member's own of a benefit. `announced` are by (phase, play) the benefits it tells of that are
    on offer; the first is `benefit` where none is given, and none is held of which the message `reminds`.
    """

    sources: Mapping[str, str]
    names: Names
    channels: Mapping[str, Channel] = field(default_factory=dict)
    today: date | None = None
    announced: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    own: Callable[[Job, str], Mapping[str, str]] = lambda _job, _benefit: {}
    reminds: Callable[[Job], str | None] = lambda _job: None
    _compiled: dict[str, Template] = field(default_factory=dict, repr=False)
    _gapped: dict[tuple[str | None, ...], Gapped | None] = field(default_factory=dict, repr=False)

    def __call__(self, job: Job, recipient: Recipient) -> str:
        """The text of one job; empty for a play without a message. Raises MessageError."""
        if job.message is None:
            self._play(job)
            return ""
        text = self._put_in(job, recipient)
        if text is None:
            text = self._rendered(
                job, recipient.name or "", recipient.favourite, lambda benefit: self._own(job, benefit, recipient)
            )
        if len(text) > engine.MOST_CHARACTERS:
            raise MessageError(fault(faults.TOO_LARGE, name=job.message, most=engine.MOST_CHARACTERS))
        channel = self.channels.get(job.channel)
        return text if channel is None else self._fitting(job.message, finished(text, channel), channel)

    def _put_in(self, job: Job, recipient: Recipient) -> str | None:
        """The text by its gaps; None for one that has to be rendered."""
        benefit = self._benefit(job)
        alike = (job.message, job.phase, job.play, job.channel, job.arm, benefit, recipient.favourite)
        try:
            found = self._gapped[alike]
        except KeyError:
            found = self._gapped[alike] = self._gaps(job, recipient.favourite)
        if found is None:
            return None
        values = {NAME: recipient.name or ""}
        if benefit is not None and not found.used <= _OF_THE_MEMBER:
            values |= {("benefit", key): text for key, text in self._own(job, benefit, recipient).items()}
        return found.filled(values)

    def _gaps(self, job: Job, favourite: str | None) -> Gapped | None:
        def render(values: Mapping[Variable, str]) -> str:
            own = {key: values["benefit", key] for key in OWN}
            return self._rendered(job, values[NAME], favourite, lambda _benefit: own)

        from jinja2 import TemplateError

        try:
            return gapped(engine.environment().parse(self.sources[job.message or ""]), render)
        except (TemplateError, MessageError, LookupError, RecursionError):
            return None  # whoever renders it says why

    def _rendered(self, job: Job, name: str, favourite: str | None, own: _Own) -> str:
        from jinja2 import TemplateError

        message = job.message or ""
        variables = self._variables(job, name, favourite, own)
        try:
            return self._template(message).render(variables)
        except MessageError:
            raise
        except TemplateError as error:
            said = error.message or "?"
            if _quotes(said, variables):
                raise MessageError(fault(faults.NOT_COMPUTED, name=message, error=type(error).__name__)) from None
            raise MessageError(fault(faults.OTHERWISE, name=message, error=said)) from None
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            MemoryError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            # What an expression of the template did; its words could quote the member.
            raise MessageError(fault(faults.NOT_COMPUTED, name=message, error=type(error).__name__)) from None

    def _fitting(self, name: str, text: str, channel: Channel) -> str:
        """The text, if the channel takes it: a long name must not cost a segment nobody planned (B3)."""
        if (said := too_long(text, channel)) is not None:
            raise MessageError((f"message {name}: {said[0]}", f"消息 {name}：{said[1]}"))
        if channel.kind == "sms" and channel.max_segments is not None:
            count = segments(length(text) + signature_length(channel), channel)
            if count > channel.max_segments:
                most = channel.max_segments
                raise MessageError(fault(faults.TOO_MANY_PARTS, name=name, count=count, most=most))
        return text

    def _template(self, name: str) -> Template:
        if name not in self._compiled:
            if name not in self.sources:
                raise MessageError(fault(faults.NO_MESSAGE, name=name))
            self._compiled[name] = engine.compiled(self.sources[name])
        return self._compiled[name]

    def _play(self, job: Job) -> Mapping[str, str]:
        play = self.names.plays.get((job.phase, job.play))
        if play is None:
            raise MessageError(fault(faults.NO_PLAY, name=f"{job.phase}/{job.play}"))
        return play

    def _variables(self, job: Job, name: str, favourite: str | None, own: _Own) -> dict[str, Any]:
        play = self._play(job)
        known = {
            "member": {"name": name},
            "play": play,
            "phase": self.names.phases[job.phase],
            "calendar": self.names.calendar,
            "store": self.names.store,
            "link": self.names.links_of(job.phase, job.play, job.channel, job.arm),
        }
        if (listed := self.names.lists.get((job.phase, job.play))) is not None:
            known["list"] = list_in_words(
                listed, on_sale(listed, self.today, favourite) if self.today else listed.items
            )
        known["announced"] = announcement(self.names, self.announced.get((job.phase, job.play), ()))
        benefit = self._benefit(job)
        if benefit is not None:
            if benefit not in self.names.benefits:
                raise MessageError(fault(faults.NO_BENEFIT, name=benefit))
            known["benefit"] = {**self.names.benefits[benefit], **own(benefit)}
        return known

    def _benefit(self, job: Job) -> str | None:
        announced = self.announced.get((job.phase, job.play), ())
        return job.benefit or self.reminds(job) or next(iter(announced), None)

    def _own(self, job: Job, benefit: str, recipient: Recipient) -> dict[str, str]:
        own = {**OWN, **self.own(job, benefit)}
        if recipient.starred:
            own["code"] = masked_code(own["code"])
        return own


def _quotes(said: str, variables: Mapping[str, Any]) -> bool:
    """Whether words of the template engine repeat what is a member's own: it names the key that it did not find."""
    benefit = variables.get("benefit", {})
    own = (variables["member"]["name"], *(benefit.get(key) for key in OWN))
    return any(word and word in said for word in own)


RenderMessage = Callable[["Job", "Recipient"], str]
"""What dispatch wants of a renderer: raises MessageError when one message cannot be rendered."""

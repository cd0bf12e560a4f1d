"""What contacts are expected to bring in: whether the figures name what there is, and whether they are used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from campaign_calendars.audiences.fields.vocabulary import FIELDS
from campaign_calendars.audiences.language import analyse
from campaign_calendars.audiences.names import AudienceNames, made_tags
from campaign_calendars.checks.registry import View, found, rule, store_rule, unknown
from campaign_calendars.deciding.expecting import expectation_of, objective_of, values_of, without_figures
from campaign_calendars.findings.finding import Finding, suggestion
from campaign_calendars.model.calendar import PhaseKind
from campaign_calendars.model.expected import Values
from campaign_calendars.model.store import Store
from campaign_calendars.providers.of_channel import message_cost

_MONEY = sorted(name for name, field in FIELDS.items() if field.type == "money")


@rule("C260", "error")
def expected_names(view: View) -> Iterator[Finding]:
    """An expected response is about a benefit, a phase, a field or members that cannot be found.

    Nobody would count it, and the plan would rest on the next figure of the list.

    Fails:
        values: {margin: 40%, basket: 180, baseline: 1%, responses: [{benefit: d, response: 3%}]}
    Passes:
        values: {margin: 40%, basket: 180, baseline: 1%, responses: [{benefit: c, response: 3%}]}

    中文：预期响应所指的权益、阶段、字段或人群不存在。
    该数值不会被采用，计划会改用列表中的下一项。
    """
    values, calendar = view.calendar.values, view.calendar
    if values is None:
        return
    yield from _field(values)
    phases = {phase.id for phase in calendar.phases} | set(get_args(PhaseKind))
    for index, one in enumerate(values.responses):
        path = ("values", "responses", index)
        if one.benefit is not None:
            yield from unknown((*path, "benefit"), one.benefit, calendar.benefits, ("benefit", "权益"))
        if one.phase is not None:
            yield from unknown((*path, "phase"), one.phase, phases, ("phase", "阶段"))
        if one.segment is not None and one.segment not in calendar.audiences:
            for finding in analyse(one.segment, view.names)[1]:
                yield replace(finding, path=(*path, "segment"))


@store_rule("C261", "error")
def expected_of_a_store(store: Store) -> Iterator[Finding]:
    """What the store expects of contacts names a field without money, or members that cannot be read.

    Fails:
        values: {margin: 40%, basket: 180, basket_field: recency_days}
    Passes:
        values: {margin: 40%, basket: 180, basket_field: avg_order}

    中文：店铺的预期值引用了非金额字段，或人群条件无法理解。
    """
    if store.values is None:
        return
    yield from _field(store.values)
    names = AudienceNames(tiers=tuple(level.id for level in store.tiers.levels), tags=made_tags(store))
    for index, one in enumerate(store.values.responses):
        for finding in analyse(one.segment, names)[1] if one.segment is not None else ():
            yield replace(finding, path=("values", "responses", index, "segment"))


@rule("C262", "warning")
def expected_of_all(view: View) -> Iterator[Finding]:
    """Some plays have expected responses and others have none: the plan counts priorities.

    Money and priority points cannot be weighed against each other. With `margin`, `basket` and, for each
    benefit of every play with `at`, a response that holds for everybody, the plan maximises money.

    Fails:
        values: {margin: 40%, basket: 180, baseline: 1%, responses: [{benefit: c, segment: joined, response: 3%}]}
    Passes:
        values: {margin: 40%, basket: 180, baseline: 1%, responses: [{benefit: c, response: 3%}]}

    中文：部分玩法有预期响应，其他没有：计划按优先级计算。
    金额与优先级分无法相互比较。写明 margin、basket，并为每个带 at 的玩法的每项权益写明对所有会员适用的响应后，
    计划以金额最大为目标。
    """
    values = values_of(view.calendar, view.store)
    if not values.responses:
        return
    for phase, play, benefit in without_figures(view.calendar, view.store):
        what = (benefit or "a message without a benefit", benefit or "不带权益的消息")
        texts = (
            f"no response for everybody is written for {what[0]} in {phase.id} / {play.id}: the plan counts priorities",
            f"{phase.id} / {play.id} 的{what[1]}没有适用于所有会员的响应：计划按优先级计算",
        )
        hints = (
            "Write `margin`, `basket`, a `baseline` or `without`, and a response without `segment` for it.",
            "请写明 margin、basket、baseline（或 without），并为其写一条不带 segment 的响应。",
        )
        yield found(("values",) if view.calendar.values else ("calendar",), texts, hints, on="key")
        return


@rule("C263", "warning")
def expected_to_lose(view: View) -> Iterator[Finding]:
    """A contact is expected to cost more than it brings in.

    Nobody of that segment gets it: the plan never takes a contact that loses money. The benefit's cost
    counts for everybody who responds, also those who would have bought without it. A message counts here as one
    part of the cheapest channel; the plan counts the parts of its SMS, so that it may leave out more.

    Fails:
        values: {margin: 20%, basket: 180, baseline: 3%, responses: [{benefit: c, response: 3.5%}]}
    Passes:
        values: {margin: 60%, basket: 180, baseline: 1%, responses: [{benefit: c, response: 3.5%}]}

    中文：预计触达的成本高于收益。
    该人群不会获得：计划不会安排预期亏损的触达。权益成本计入每位响应者，包括本来就会购买的会员。
    此处消息按最便宜渠道的一条计；计划按短信实际条数计，可能排除更多。
    """
    if objective_of(view.calendar, view.store) == "priority":
        return
    for path, phase, play in view.plays():
        if play.at is None or not play.channels:
            continue
        expectation = expectation_of(view.calendar, view.store, phase, play, view.names)
        cheapest = min((message_cost(channel) for channel in view.channels_of(play)), default=0)
        for one in expectation.responses if expectation else ():
            if expectation and expectation.value(one, expectation.basket_cents, cheapest) <= 0:
                share = f"{one.response_ppm / 10_000:g}%"
                what = (one.benefit or "the message", one.benefit or "该消息")
                yield found(
                    (*path, "id"),
                    (
                        f"{what[0]} at a response of {share} is expected to cost more than it brings in",
                        f"{what[1]}（响应 {share}）预计成本高于收益",
                    ),
                    ("Nobody of that segment gets it; correct the figures or leave it out.",
                     "该人群不会获得；请修正数值或去掉。"),
                )  # fmt: skip


@rule("C264", "warning")
def priority_beside_money(view: View) -> Iterator[Finding]:
    """A play has a `priority`, and the plan maximises money: the priority says nothing.

    Fails:
        values: {margin: 60%, basket: 180, baseline: 1%, responses: [{benefit: c, response: 3%}]}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, benefits: [c], channels: [sms], at: D 10:00, message: m.txt, priority: 5}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, benefits: [c], channels: [sms], at: D 10:00, message: m.txt, priority: 5}

    中文：玩法写了 priority，而计划以金额最大为目标：priority 不起作用。
    """
    if objective_of(view.calendar, view.store) == "money":
        for path, _, play in view.plays():
            if play.priority is not None and play.at is not None:
                yield found(
                    (*path, "priority"),
                    (
                        "the plan maximises money here: a priority changes nothing",
                        "计划以金额最大为目标：priority 不起作用",
                    ),
                    ("Leave it out, or take the figures out of `values`.", "请去掉它，或去掉 values 中的数值。"),
                )  # fmt: skip


def _field(values: Values) -> Iterator[Finding]:
    name = values.basket_field
    if name is not None and name not in _MONEY:
        texts = (f"{name!r} is no member field in money", f"{name!r} 不是金额字段")
        yield found(("values", "basket_field"), texts, suggestion(name, _MONEY))

"""Automations of the Prefect server, from code: what it tells the staff by itself.

Runs and `serve` tell the staff what they see (`tasks.alerts`); that nobody works on a pool any more only the server
sees. With `[alerts] by = "prefect"` it delivers everything, from the events that runs emit and from their states.
Everything is known by its name and written over the API, again only where it differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.findings.said import Tell, in_language
from flows.names import AUTOMATION, EVENT_PREFIX, PRODUCT_TAG, WORK_POOL
from flows.server_api import ServerApi, find_server
from tasks.alerts import addresses_of, title_of
from tasks.settings import AlertKind

if TYPE_CHECKING:
    from tasks.runtime import Runtime
    from tasks.settings import Settings

_BLOCK = "promocal-alerts"
_WEBHOOK = "custom-webhook"
_OF_OURS = {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{PRODUCT_TAG}"}
_RUN = "{{ flow_run.name }}: {{ flow_run.state.name }}. {{ flow_run.state.message }} {{ flow_run|ui_url }}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written: names of automations that are new, changed or gone, and addresses that Prefect cannot reach."""

    created: tuple[str, ...] = ()
    """Names of automations that are new."""
    changed: tuple[str, ...] = ()
    """Names of those that were written anew."""
    removed: tuple[str, ...] = ()
    """Names of those that are gone."""
    unchanged: int = 0
    """How many were as they should be."""
    unreachable: tuple[str, ...] = ()
    """Kinds of addresses (`dingtalk`) to which only promocal itself delivers."""


def keep_automations(rt: Runtime, *, remove: bool = False) -> Kept:
    """Make the server hold exactly the project's automations; with `remove` none. Raises where it cannot be asked."""
    with ServerApi(find_server(rt.settings.state)) as api:
        targets, unreachable = ([], ()) if remove else _targets(rt.settings)
        blocks = [_block(api, number, target) for number, target in enumerate(targets, 1)]
        wanted = {} if remove else {one["name"]: one for one in automations_for(rt.settings, blocks)}
        found = {row["name"]: row for row in api.pages("automations/filter", {}) if row["name"].startswith(AUTOMATION)}
        created = tuple(name for name in wanted if name not in found)
        changed = tuple(name for name in wanted if name in found and _differs(found[name], wanted[name]))
        removed = tuple(name for name in found if name not in wanted)
        for name in created:
            api.post("automations/", wanted[name])
        for name in changed:
            api.put(f"automations/{found[name]['id']}", wanted[name])
        for name in removed:
            api.delete(f"automations/{found[name]['id']}")
    return Kept(created, changed, removed, len(wanted) - len(created) - len(changed), unreachable)


def told_automations(rt: Runtime, say: Tell) -> bool:
    """`keep_automations`, and what came of it; that they cannot be written keeps nothing from running."""
    try:
        kept = keep_automations(rt)
    except PromocalError as error:
        say((f"Automations are as they were: {error.text('en')}", f"自动通知未更新：{error.text('zh')}"))
        return False
    if new := [*kept.created, *kept.changed]:
        say((f"Automations: {', '.join(new)}", f"自动通知：{', '.join(new)}"))
    return True


def wanted_automations(settings: Settings) -> tuple[str, ...]:
    """Kinds of alerts that the server is to tell by itself; none where it reaches nobody or an address is unknown."""
    try:
        targets, _ = _targets(settings)
    except PromocalError:
        return ()
    return tuple(one["name"].removeprefix(AUTOMATION) for one in automations_for(settings, ["any"] if targets else []))


def automations_for(settings: Settings, blocks: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What the server should hold where it has somebody to tell (`blocks`, ids of its own)."""
    lang = settings.alerts.lang or settings.project.lang or "en"
    triggers = _triggers(settings)
    for kind, trigger in triggers.items():
        if not blocks or kind not in settings.alerts.on:
            continue
        title = in_language(title_of(kind), lang)
        body = "{{ event.payload.text }}" if trigger["expect"] == [f"{EVENT_PREFIX}{kind}"] else _bodies(kind)
        actions = [
            {"type": "send-notification", "block_document_id": block, "subject": f"promocal: {title}", "body": body}
            for block in blocks
        ]
        yield _automation(f"{AUTOMATION}{kind}", title, trigger, actions)


def _triggers(settings: Settings) -> Mapping[AlertKind, dict[str, Any]]:
    pool = {"match": {"prefect.resource.id": "prefect.work-pool.*"}, "match_related": {}}
    found: dict[AlertKind, dict[str, Any]] = {"worker": _reactive(["prefect.work-pool.not-ready"], **pool)}
    if settings.alerts.by == "prefect":
        seen: tuple[AlertKind, ...] = (
            "gate",
            "breaker",
            "halt",
            "approval",
            "envelope",
            "unknown",
            "run_failed",
            "missed",
        )
        killed = {"match": {"prefect.resource.id": "prefect.flow-run.*"}, "match_related": _OF_OURS}
        found["crashed"] = _reactive(["prefect.flow-run.Crashed"], **killed)
        found |= {
            kind: _reactive([f"{EVENT_PREFIX}{kind}"], match={"prefect.resource.id": f"{EVENT_PREFIX}*"})
            for kind in seen
        }
    return found


def _bodies(kind: AlertKind) -> str:
    return _RUN if kind == "crashed" else f"{{{{ work_pool.name }}}} ({WORK_POOL}): promocal doctor"


def _reactive(expect: Sequence[str], *, match: Mapping[str, str], match_related: Any = None) -> dict[str, Any]:
    return {
        "type": "event",
        "posture": "Reactive",
        "match": dict(match),
        "match_related": dict(match_related or {}),
        "after": [],
        "expect": list(expect),
        "for_each": ["prefect.resource.id"],
        "threshold": 1,
        "within": 0.0,
    }


def _automation(name: str, about: str, trigger: dict[str, Any], actions: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "description": about, "enabled": True, "trigger": trigger, "actions": actions}


def _differs(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the server holds anything else; that somebody switched it off stays as it is."""
    trigger, actions = found.get("trigger") or {}, found.get("actions") or []
    return (
        found.get("description") != wanted["description"]
        or any(_sorted(trigger.get(key)) != _sorted(value) for key, value in wanted["trigger"].items())
        or len(actions) != len(wanted["actions"])
        or any(
            action.get(key) != value
            for action, mine in zip(actions, wanted["actions"], strict=True)
            for key, value in mine.items()
        )
    )


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


# -- whom the server tells -----------------------------------------------------------------------


def _targets(settings: Settings) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The blocks for the project's addresses, and the kinds of those that a webhook cannot reach."""
    found, beyond = [], []
    for address in addresses_of(settings):
        target = webhook_of(address)
        if target is None:
            beyond.append(urlsplit(address).scheme)
        else:
            found.append(target)
    return found, tuple(dict.fromkeys(beyond))


def webhook_of(address: str) -> dict[str, Any] | None:
    """An address of apprise as a webhook that Prefect calls; None: it is of a kind that is no plain webhook."""
    parts = urlsplit(address)
    text = "{{subject}}\n{{body}}"
    if parts.scheme in ("json", "jsons"):
        scheme = "https" if parts.scheme == "jsons" else "http"
        url = f"{scheme}://{parts.netloc}{parts.path or '/'}"
        return _post(url, {"version": "1.0", "title": "{{subject}}", "message": "{{body}}", "type": "warning"})
    if parts.scheme == "wecombot":
        url = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={parts.netloc}"
        return _post(url, {"msgtype": "text", "text": {"content": text}})
    if parts.scheme in ("feishu", "lark"):
        url = f"https://open.feishu.cn/open-apis/bot/v2/hook/{parts.netloc}"
        return _post(url, {"msg_type": "text", "content": {"text": text}})
    return None


def _post(url: str, payload: dict[str, Any]) -> dict[str, Any]:
    # The address is the secret: the server keeps it encrypted and fills it in when it calls.
    return {"name": _BLOCK, "url": "{{address}}", "method": "POST", "json_data": payload, "secrets": {"address": url}}


def _block(api: ServerApi, number: int, data: dict[str, Any]) -> str:
    """The id of the block that holds one address, made or brought up to date."""
    name = f"{_BLOCK}-{number}"
    kind = api.get(f"block_types/slug/{_WEBHOOK}")
    schema = api.post("block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind["id"]]}}})[0]
    held = api.post(
        "block_documents/filter",
        {"block_documents": {"name": {"any_": [name]}, "block_type_id": {"any_": [kind["id"]]}}},
    )
    if held:
        api.patch(f"block_documents/{held[0]['id']}", {"data": data, "merge_existing_data": False})
        return str(held[0]["id"])
    made = api.post(
        "block_documents/",
        {"name": name, "data": data, "block_type_id": kind["id"], "block_schema_id": schema["id"]},
    )
    return str(made["id"])

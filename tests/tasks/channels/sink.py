"""A real HTTP endpoint for messages, in a thread of its own, with faults on request."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

Fault = Callable[["Sink", web.Request, list[dict[str, Any]]], Awaitable[web.StreamResponse | None]]


@dataclass
class Sink:
    """Counts what really arrived. With `honours_key`, a repeated key is answered, not delivered."""

    honours_key: bool = False
    faults: list[Fault | None] = field(default_factory=list)  # one per request, then none
    delivered: Counter[str] = field(default_factory=Counter)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.requests.append({"headers": dict(request.headers), **body})
        messages: list[dict[str, Any]] = body["messages"]
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            answer = await fault(self, request, messages)
            if answer is not None:
                return answer
        return self.accept(messages)

    def deliver(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if not (self.honours_key and self.delivered[message["key"]]):
                self.delivered[message["key"]] += 1

    def accept(self, messages: list[dict[str, Any]]) -> web.Response:
        self.deliver(messages)
        results = [{"key": m["key"], "status": "sent", "receipt": f"r-{m['member_id']}"} for m in messages]
        return web.json_response({"results": results})

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()

        async def start() -> None:
            application = web.Application(client_max_size=64 * 1024**2)
            application.router.add_post("/send", self.handle)
            self._runner = web.AppRunner(application, shutdown_timeout=0.1)
            await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", 0)
            await site.start()
            port = self._runner.addresses[0][1]
            self.url = f"http://127.0.0.1:{port}/send"
            ready.set()

        def serve() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(start())
            self._loop.run_forever()

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()
        assert ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


def status(code: int, text: str = "", **headers: str) -> Fault:
    """Answer with a status instead of accepting."""

    async def fault(_sink: Sink, _request: web.Request, _messages: list[dict[str, Any]]) -> web.StreamResponse:
        return web.Response(status=code, text=text, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return fault


def results(make: Callable[[list[dict[str, Any]]], Any]) -> Fault:
    """Answer 200 with a body of one's own; what it calls sent is delivered."""

    async def fault(sink: Sink, _request: web.Request, messages: list[dict[str, Any]]) -> web.StreamResponse:
        answer = make(messages)
        if isinstance(answer, str):
            sink.deliver(messages)
            return web.Response(text=answer)
        sent = {result["key"] for result in answer if result["status"] == "sent"}
        sink.deliver([message for message in messages if message["key"] in sent])
        return web.json_response({"results": answer})

    return fault


async def drop_after_accept(sink: Sink, request: web.Request, messages: list[dict[str, Any]]) -> None:
    """Deliver, then break the connection without an answer."""
    sink.deliver(messages)
    assert request.transport is not None
    request.transport.abort()
    await asyncio.sleep(0.01)


def slow(seconds: float) -> Fault:
    async def fault(sink: Sink, _request: web.Request, messages: list[dict[str, Any]]) -> web.StreamResponse:
        response = sink.accept(messages)
        await asyncio.sleep(seconds)
        return response

    return fault

"""The board over HTTP: GET and HEAD of ready pages, nothing else, nothing that changes anything."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, in_language
from tasks.board.page import AGAIN
from tasks.board.shelf import LANGUAGES, Shelf
from tasks.documents.page import as_page
from tasks.documents.parts import Document

if TYPE_CHECKING:
    from aiohttp import web

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_KINDS = ("plan", "report")


def application(shelf: Shelf, lang: str, *, local: bool) -> web.Application:
    """The pages; `lang` where the address names none. `local`: only who calls it by a name of this machine is answered,
    so that a page from elsewhere cannot read it through the reader's browser (DNS rebinding)."""
    from aiohttp import web

    async def page(request: web.Request) -> web.Response:
        wanted = request.query.get("lang", lang)
        spoken = wanted if wanted in LANGUAGES else lang
        if local and not _is_here(request.host):
            return _said(421, ("This board answers on this machine only.", "看板只回应本机。"), spoken)
        place = (request.match_info.get("calendar", ""), request.match_info.get("kind", "board"), spoken)
        found = shelf.pages.get(place) or shelf.being_made(place)
        if found is None:
            return _said(404, ("There is no such page; the first one is /", "没有这个页面；首页是 /"), spoken)
        return web.Response(text=found, content_type="text/html", headers=_HEADERS)

    made = web.Application(client_max_size=0)
    made.router.add_get("/", page)
    made.router.add_get("/{calendar}", page)
    made.router.add_get(f"/{{calendar}}/{{kind:{'|'.join(_KINDS)}}}", page)
    return made


def _said(status: int, said: Said, lang: str) -> web.Response:
    """A page of one sentence that loads itself again: what it asks for may be there soon."""
    from aiohttp import web

    text = in_language(said, lang)
    page = as_page(Document(title=text, lang=lang, foot="promocal", sections=(), again=AGAIN))
    return web.Response(status=status, text=page, content_type="text/html", headers=_HEADERS)


def _is_here(host: str) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return is_loopback(name)


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def serve(shelf: Shelf, host: str, port: int, ready: Callable[[int], None], *, lang: str, every: float) -> None:
    """Serve until cancelled, and look again every so many seconds; `ready` hears the port. UsageError: port in use.

    A page that is being made is not waited for: its thread goes on, `shelf.making` says so.
    """
    from aiohttp import web

    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # whoever sends nonsense is answered, and fills no log
    runner = web.AppRunner(application(shelf, lang, local=is_loopback(host)), access_log=None, shutdown_timeout=2)
    loop = asyncio.get_running_loop()
    worker = ThreadPoolExecutor(1)
    try:
        await loop.run_in_executor(worker, shelf.renew)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise _cannot_listen(host, port, error) from None
        ready(runner.addresses[0][1])
        while True:
            begun = loop.time()
            await loop.run_in_executor(worker, shelf.renew_a_slow_page)
            await asyncio.sleep(max(every - (loop.time() - begun), 0))
            await loop.run_in_executor(worker, shelf.renew)
    finally:
        worker.shutdown(wait=False, cancel_futures=True)
        await runner.cleanup()


def _cannot_listen(host: str, port: int, error: OSError) -> UsageError:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return UsageError(
        (f"cannot listen on {host}:{port}: {why}", f"无法监听 {host}:{port}：{why}"),
        ("take another port with --port, 0 for a free one", "用 --port 换一个端口，0 表示任选空闲端口"),
    )

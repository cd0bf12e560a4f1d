"""`promocal receive`: the endpoint that providers report to."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either, translated
from promocal.cli.opening import opened
from promocal.cli.options import LangOption, Project


def receive(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8787,
    project: Project = Path(),
    lang: LangOption = None,  # noqa: ARG001 - settled for the whole process before any command runs
) -> None:
    """Take delivery reports and replies over HTTP, signed, until Ctrl-C."""
    import asyncio

    from tasks.receipts.serving import receiver_of, serve, tls_of

    def ready(found: int) -> None:
        where = f"http{'s' if tls is not None else ''}://{host}:{found}/receipts/"
        output.say(either("listening on {where}", "正在监听 {where}", where=where))

    with opened(project) as rt, suppress(KeyboardInterrupt):
        receiver, tls = receiver_of(rt, lambda said: output.say(translated(said))), tls_of(rt)
        asyncio.run(serve(receiver, host, port, ready, tls))

"""`promocal board`: a page for the team, on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened
from promocal.cli.options import LangOption, Project


def board(
    project: Project = Path(),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8790,
    every: Annotated[int, typer.Option(help="Seconds between two looks.", min=5, max=3600)] = 20,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the Prefect server.")] = False,
    lang: LangOption = None,
) -> None:
    """Serve a page for the team: every calendar, what ran, runs, waits and is next. Read-only, until Ctrl-C."""
    import asyncio

    from flows.asking import ask_server
    from tasks.board.serving import serve
    from tasks.board.shelf import Shelf

    language = lang.value if lang else output.language()

    def ready(found: int) -> None:
        where = f"http://{f'[{host}]' if ':' in host else host}:{found}/"
        output.say(either("Board: {where}   (Ctrl-C stops)", "看板：{where}   （Ctrl-C 停止）", where=where))

    with opened(project) as rt:
        shelf = Shelf(
            rt,
            rt.settings.root.resolve().name,
            lambda: None if offline else ask_server(rt.settings.state, rt.clock()),
        )
        try:
            asyncio.run(serve(shelf, host, port, ready, lang=language, every=every))
        except KeyboardInterrupt:
            if shelf.making:
                # A page takes seconds, and Python would wait for its thread; it only reads and may be cut off.
                sys.stdout.flush()
                os._exit(0)

"""promocal status --format prometheus: figures for a monitor, once, as a file, or at an address."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from campaign_calendars.findings.errors import PromocalError, UsageError
from promocal.cli import output
from promocal.cli.language import either
from promocal.cli.opening import opened

_HIGHEST_PORT = 65_535


def expose(project: Path, to: Path | None, port: int | None, host: str) -> None:
    """Print the figures, write them to a file, or answer at a port until Ctrl-C; ids and counts only."""
    if port is not None:
        if not 0 < port <= _HIGHEST_PORT:
            raise UsageError(
                (f"{port} is no port", f"{port} 不是端口"), ("write a number up to 65535", "请写不超过 65535 的数")
            )
        _answer(project, host, port)
        return
    text = _made(project)
    if to is None:
        sys.stdout.write(text.decode())
        return
    from tasks.operations.figures import write_page

    write_page(text, to)


def _made(project: Path) -> bytes:
    from flows.asking import ask_server
    from tasks.operations.figures import page
    from tasks.operations.overview import overview
    from tasks.running.status import status

    with opened(project) as rt:
        server = ask_server(rt.settings.state, rt.clock())
        return page(rt, overview(rt, status(rt), server, None))


def _answer(project: Path, host: str, port: int) -> None:
    class Figures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] not in ("/", "/metrics"):
                self.send_error(404)
                return
            try:
                code, body = 200, _made(project)
            except PromocalError as error:  # the next look may go well; Prometheus shows this one as down
                code, body = 503, error.message.encode()
            self.send_response(code)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: a line for every look would be all there is to read."""

    try:
        server = ThreadingHTTPServer((host, port), Figures)
    except OSError as error:
        raise UsageError(
            (f"Cannot listen on {host}:{port}: {error.strerror}.", f"无法监听 {host}:{port}：{error.strerror}。"),
            ("choose another one with --port", "请用 --port 换一个端口"),
        ) from None
    output.say(
        either(
            "http://{host}:{port}/metrics (Ctrl-C stops)",
            "http://{host}:{port}/metrics （Ctrl-C 停止）",
            host=host,
            port=port,
        )
    )
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return

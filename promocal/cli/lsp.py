"""`promocal lsp`: the language server for editors."""

from __future__ import annotations

import gc

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.options import LangOption


def lsp(lang: LangOption = None) -> None:
    """Serve an editor over standard input and output: findings while you type, completion, hover, quick fixes."""
    try:
        from promocal.editor.serving import server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError(
            ("the language server is not installed", "未安装语言服务器"),
            ('pip install "promocal[lsp]"', '请运行：pip install "promocal[lsp]"'),
        ) from None
    made = server(lang.value if lang else output.language())
    # What is loaded by now stays for good: looking through it again and again would cost time at every key.
    gc.freeze()
    gc.set_threshold(3_000, 5, 3)
    made.start_io()

"""`promocal lsp`: the language server for editors."""

from __future__ import annotations

import gc

from campaign_calendars.findings.errors import UsageError
from promocal.cli import output
from promocal.cli.options import LangOption

_YOUNG = 20_000


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
    # What is loaded by now stays for good, and each key makes some ten thousand things that are gone with the next:
    # looking through all of it again and again would cost a third of the time.
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
    made.start_io()

"""A language server the plain way: libyaml's loader and the calendar's JSON schema, as any YAML extension looks at it.

Run by `benchmarks.editor` as a script, with the file of the schema. It says where the parser gives up and which values
do not fit the schema, and knows nothing of names, dates, money, the store or messages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer


class Loader(yaml.CSafeLoader):
    """Dates stay texts, as the schema wants them."""

    yaml_implicit_resolvers = {  # noqa: RUF012  of the library
        sign: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
        for sign, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def found_in(text: str, validator: Any) -> list[lsp.Diagnostic]:
    try:
        data = yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark is not None else 0
        return [lsp.Diagnostic(lsp.Range(lsp.Position(line, 0), lsp.Position(line, 1)), str(error.problem))]
    start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1))
    return [lsp.Diagnostic(start, error.message) for error in validator.iter_errors(data)]


def main() -> None:
    validator = Draft202012Validator(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    server = LanguageServer("plain", "1")

    def tell(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        found = found_in(document.source, validator)
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, found, document.version))

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        tell(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        tell(params.text_document.uri)

    server.start_io()


if __name__ == "__main__":
    main()

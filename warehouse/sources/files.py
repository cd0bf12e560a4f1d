"""One file into canonical text, by its kind."""

from __future__ import annotations

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError
from warehouse.sources.delimited import no_header
from warehouse.sources.matching import wanted_headers
from warehouse.sources.port import FileKind, FileRequest, SourceFile, keys_of
from warehouse.sources.reading import Filling
from warehouse.sources.registry import kind_named


def read_file(filling: Filling, file: SourceFile) -> None:
    """Append one file to the target; broken lines go to `raw_rejects`, what was understood to the reading.

    Raises SourceError (cannot be read, or changed meanwhile) and ProblemsFoundError (columns do not fit).
    """
    spec, kind = filling.spec, kind_named(file.kind, filling.spec.section)
    if not isinstance(kind, FileKind):
        raise SourceError(
            (
                f"{spec.section}: {file.place} is a file, and {file.kind} reads none",
                f"{spec.section}：{file.place} 是文件，而 {file.kind} 不读文件",
            ),
            ("correct its kind", "请修正 kind"),
        )
    try:
        before = file.path.stat()
        if not before.st_size:
            raise ProblemsFoundError([no_header(spec, file.place)])
        opened = kind.open(
            FileRequest(spec, keys_of(spec, kind), wanted_headers(filling.rules), file=file, con=filling.con)
        )
        part = filling.take(opened, file.place, kind.name)
        after = file.path.stat()
    except OSError as error:
        raise SourceError(
            (f"{file.place} cannot be read: {error.strerror}", f"{file.place} 无法读取：{error.strerror}"),
            ("check the file", "请检查该文件"),
        ) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError(
            (
                f"{file.place} changed while it was read: it is still being written",
                f"{file.place} 在读取期间发生变化：仍在写入",
            ),
            (
                "wait until the export is complete and run again; let exports be moved into place when they are done",
                "请等导出完成后重新运行；导出完成后再移动到位",
            ),
        )
    part.size = after.st_size

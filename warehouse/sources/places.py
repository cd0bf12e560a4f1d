"""Files behind a source's path: a file, a folder, a glob, or the same behind an fsspec URL.

Remote files are copied to a temporary directory first: a file is looked at before it is read, and
both must see the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from campaign_calendars.findings.errors import SourceError
from campaign_calendars.findings.said import Said
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.port import SourceFile
from warehouse.sources.registry import AUTO, kind_by_name, suffixes

_DRIVERS = {
    "s3": "s3fs", "s3a": "s3fs", "oss": "ossfs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs",
    "abfss": "adlfs", "sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol", "webhdfs": "requests",
    "http": "aiohttp", "https": "aiohttp", "hdfs": "pyarrow with libhdfs", "dropbox": "dropboxdrivefs",
}  # fmt: skip
_SAY_KIND: Said = (
    'write kind = "csv", "xlsx" or "parquet" in its section',
    '请在其小节中写 kind = "csv"、"xlsx" 或 "parquet"',
)
_UNPACK: Said = ("unpack it and name the file in it", "请解压，并把 path 指向其中的文件")
_EXPORT: Said = ("export it as CSV, Parquet or a workbook", "请导出为 CSV、Parquet 或工作簿")
_NO_KIND = dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".tgz", ".bz2", ".xz", ".zst"), _UNPACK) | dict.fromkeys(
    (".json", ".jsonl", ".ndjson", ".xml", ".html", ".htm", ".pdf", ".doc", ".docx", ".numbers", ".et"), _EXPORT
)
"""Ending nothing here reads → what to do with such a file."""


def is_remote(spec: SourceSpec) -> bool:
    return "://" in spec.path


@contextmanager
def source_files(spec: SourceSpec, base_dir: Path) -> Iterator[list[SourceFile]]:
    """The files of a source, by name; at least one. Copies of remote ones live as long as the context.

    Raises SourceError: nothing there, no driver for the protocol, not allowed, a kind nobody reads.
    """
    if not is_remote(spec):
        yield [
            SourceFile(path, place_of(path, base_dir), _kind(spec, path.name)) for path in find_files(spec, base_dir)
        ]
        return
    with TemporaryDirectory(prefix="promocal-") as folder:
        yield _copies(spec, Path(folder))


def find_files(spec: SourceSpec, base_dir: Path) -> list[Path]:
    """Local files behind `spec.path`, sorted by name; at least one, or SourceError."""
    pattern = Path(spec.path).expanduser()
    root, relative = (
        (Path(pattern.anchor), pattern.relative_to(pattern.anchor)) if pattern.is_absolute() else (base_dir, pattern)
    )
    try:
        if spec.path and (root / relative).is_dir():
            found = [path for path in (root / relative).iterdir() if _known(path.name)]
        elif spec.path and (root / relative).is_file():  # whatever brackets are in its name
            found = [root / relative]
        else:
            found = list(root.glob(relative.as_posix())) if spec.path else []
        files = sorted(path for path in found if path.is_file() and not path.name.startswith(("~$", ".")))
    except OSError as error:
        raise SourceError(
            (
                f"{spec.section}: '{spec.path}' cannot be looked into: {error.strerror}",
                f"{spec.section}：无法查看 '{spec.path}'：{error.strerror}",
            ),
            ("check the folder's permissions", "请检查该文件夹的权限"),
        ) from None
    if not files:
        raise _nothing(spec, base_dir, found)
    return files


def place_of(path: Path, base_dir: Path) -> str:
    """How a file is named in tables and findings: relative to the project where possible."""
    return path.relative_to(base_dir).as_posix() if path.is_relative_to(base_dir) else path.as_posix()


def _known(name: str) -> bool:
    return kind_by_name(name) is not None


def _kind(spec: SourceSpec, name: str) -> str:
    if spec.kind != AUTO:
        return spec.kind
    kind = kind_by_name(name)
    if kind is None:
        raise SourceError(
            (f"{spec.section}: {name} is of no known kind", f"{spec.section}：{name} 的类型无法识别"),
            _NO_KIND.get(PurePosixPath(name).suffix.lower(), _SAY_KIND),
        )
    return kind


def _nothing(spec: SourceSpec, base_dir: Path, found: list[Path]) -> SourceError:
    links = [path for path in (base_dir / spec.path, *found) if spec.path and path.is_symlink()]
    if links:
        return SourceError(
            (
                f"{spec.section}: {place_of(links[0], base_dir)} is a link that leads nowhere or in a circle",
                f"{spec.section}：{place_of(links[0], base_dir)} 是指向不存在之处或循环的链接",
            ),
            ("point the link at the file, or correct path", "请让链接指向该文件，或修正 path"),
        )
    folder = base_dir / spec.path
    if spec.path and folder.is_dir():
        return SourceError(
            (
                f"{spec.section}: the folder '{spec.path}' holds no file of a known kind",
                f"{spec.section}：文件夹 '{spec.path}' 中没有可识别类型的文件",
            ),
            (
                f"the kinds are: {', '.join(suffixes())}; or give a pattern like {spec.path.rstrip('/')}/*.csv",
                f"可用的类型：{'、'.join(suffixes())}；或写成通配，如 {spec.path.rstrip('/')}/*.csv",
            ),
        )
    return SourceError(
        (
            f"{spec.section}: no file matches '{spec.path}' in {base_dir}",
            f"{spec.section}：{base_dir} 中没有与 '{spec.path}' 匹配的文件",
        ),
        (
            f"put the file there, or correct path in [{spec.section}] of promocal.toml",
            f"请把文件放到该处，或修正 promocal.toml 中 [{spec.section}] 的 path",
        ),
    )


def _copies(spec: SourceSpec, folder: Path) -> list[SourceFile]:
    shown = without_password(spec.path)
    filesystem, path = _filesystem(spec)
    try:
        names = _listing(filesystem, path)
        locals_ = [_copy(filesystem, name, folder / f"{number:05}") for number, name in enumerate(names)]
    except Exception as error:  # noqa: BLE001 - every driver of fsspec has errors of its own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(
            (f"{spec.section}: {shown} cannot be read: {reason}", f"{spec.section}：{shown} 无法读取：{reason}"),
            (
                "check the address, and the credentials the driver takes from the environment",
                "请核对地址，以及驱动从环境变量取得的凭证",
            ),
        ) from None
    if not names:
        raise SourceError(
            (f"{spec.section}: nothing is at {shown}", f"{spec.section}：{shown} 处没有内容"),
            (f"correct path in [{spec.section}]", f"请修正 [{spec.section}] 的 path"),
        )
    protocol = shown.partition("://")[0]
    return [
        SourceFile(local, name if "://" in name else f"{protocol}://{name.lstrip('/')}", _kind(spec, local.name))
        for local, name in zip(locals_, names, strict=True)
    ]


def _copy(filesystem: Any, name: str, folder: Path) -> Path:
    folder.mkdir()
    local = folder / (PurePosixPath(name).name or "export")
    with filesystem.open(name, "rb") as incoming, local.open("wb") as copy:
        shutil.copyfileobj(incoming, copy, 1 << 20)
    return local


def _filesystem(spec: SourceSpec) -> tuple[Any, str]:
    import fsspec

    protocol = spec.path.partition("://")[0]
    try:
        filesystem, path = fsspec.core.url_to_fs(spec.path)
    except (ImportError, ValueError) as error:
        package = _DRIVERS.get(protocol.rpartition("::")[2])
        if package is None:
            raise SourceError(
                (f"{spec.section}: nothing here reads '{protocol}://'", f"{spec.section}：不支持读取 '{protocol}://'"),
                (
                    "use a local path, or one of: " + ", ".join(f"{name}://" for name in sorted(_DRIVERS)),
                    "请用本地路径，或以下之一：" + ", ".join(f"{name}://" for name in sorted(_DRIVERS)),
                ),
            ) from None
        raise SourceError(
            (
                f"{spec.section}: reading {protocol}:// needs the package {package}: {error}",
                f"{spec.section}：读取 {protocol}:// 需要安装 {package}：{error}",
            ),
            (f"pip install {package}", f"请运行 pip install {package}"),
        ) from None
    except Exception as error:  # noqa: BLE001 - opening connects, and every driver has errors of its own
        raise SourceError(
            (
                f"{spec.section}: {without_password(spec.path)} cannot be reached: {type(error).__name__}",
                f"{spec.section}：无法连接 {without_password(spec.path)}：{type(error).__name__}",
            ),
            (
                "check the address, and the credentials the driver takes from the environment",
                "请核对地址，以及驱动从环境变量取得的凭证",
            ),
        ) from None
    return filesystem, str(path)


def _listing(filesystem: Any, path: str) -> list[str]:
    if any(mark in path for mark in "*?["):
        names = filesystem.glob(path)
    elif filesystem.isdir(path):
        names = [name for name in filesystem.ls(path, detail=False) if _known(str(name))]
    else:
        return [path] if filesystem.exists(path) else []
    return sorted(str(name) for name in names if not filesystem.isdir(name))


def without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url

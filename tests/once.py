"""What many tests begin with: made once in a test process by the product itself, copied from then on."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_made: dict[str, Path] = {}
_done: dict[str, tuple[Path, Any]] = {}


def copy_of(name: str, make: Callable[[Path], None], root: Path) -> Path:
    """What `make` leaves in a folder, in `root`, which may be there and empty; `name` says what it is."""
    if name not in _made:
        folder = new_folder()
        make(folder)
        _made[name] = folder
    return Path(shutil.copytree(_made[name], root, dirs_exist_ok=True))


def done_once(root: Path, what: str, do: Callable[[], T]) -> T:
    """What `do` returns and leaves in the project `root`, which nobody has open before or after.

    Where the same was done to a project of the very same files, its files become those that were left then. `what`
    says what is done and all it depends on beside those files: the moment above all.
    """
    key = f"{what} {digest_of(root)}"
    if key not in _done:
        said = do()
        _done[key] = Path(shutil.copytree(root, new_folder(), dirs_exist_ok=True)), said
        return said
    left, said = _done[key]
    bring(left, root)
    return said  # type: ignore[no-any-return]


def bring(made: Path, folder: Path) -> None:
    """Make `folder` what `made` is; snapshots that are in both stay as they are, somebody may have them open."""
    there = {path.relative_to(folder) for path in files_of(folder)}
    wanted = {path.relative_to(made) for path in files_of(made)}
    for name in there - wanted:
        (folder / name).unlink()
    for name in wanted:
        if name.suffix not in {".duckdb", ".parquet"} or name not in there:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(made / name, folder / name)


def digest_of(*folders: Path) -> str:
    """Of names and contents; what is kept of the place of files (`.digests`) is no content."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in files_of(folder):
            content = path.read_bytes() if path.name != ".digests" else b""
            digest.update(f"{path.relative_to(folder)} {len(content)} ".encode() + content)
    return digest.hexdigest()


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def new_folder() -> Path:
    """An empty folder that goes with the process."""
    return Path(tempfile.mkdtemp(dir=_folder().name))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="promocal-tests-")

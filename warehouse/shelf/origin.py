"""Which promocal, which models and which revision of the project a snapshot was made with."""

from __future__ import annotations

import hashlib
import re
from importlib import metadata
from pathlib import Path

from warehouse.models.catalogue import model_digests

_REVISION = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")  # SHA-1 or SHA-256


def promocal_version() -> str:
    """The installed version; empty when promocal runs from a bare checkout."""
    try:
        return metadata.version("promocal")
    except metadata.PackageNotFoundError:
        return ""


def git_revision(directory: Path) -> str | None:
    """The commit checked out where the project lies; None outside a git work tree.

    Read from git's own files, so that a machine without git writes the same manifest.
    """
    for folder in (directory, *directory.parents):
        if (entry := folder / ".git").exists():
            try:
                return _head(_git_directory(entry))
            except (OSError, UnicodeDecodeError, ValueError):
                return None
    return None


def _git_directory(entry: Path) -> Path:
    if entry.is_dir():
        return entry
    # A linked work tree or submodule: `.git` is a file that names the directory.
    return (entry.parent / entry.read_text("utf-8").partition("gitdir:")[2].strip()).resolve()


def _head(git: Path) -> str | None:
    head = (git / "HEAD").read_text("utf-8").strip()
    if not head.startswith("ref:"):
        return _checked(head)
    name = head.partition("ref:")[2].strip()
    shared = git / (git / "commondir").read_text("utf-8").strip() if (git / "commondir").exists() else git
    for root in (git, shared):
        if (root / name).is_file():
            return _checked((root / name).read_text("utf-8").strip())
    packed = shared / "packed-refs"
    for line in packed.read_text("utf-8").splitlines() if packed.exists() else ():
        revision, _, ref = line.partition(" ")
        if ref.strip() == name:
            return _checked(revision)
    return None


def _checked(text: str) -> str | None:
    return text if _REVISION.fullmatch(text) else None


def models_digest() -> str:
    """One digest of every model: part of what identifies a snapshot."""
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(model_digests().items()))
    return hashlib.sha256(text.encode()).hexdigest()

"""The revision of a project, read as git writes it; git itself is asked whether that is right."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from warehouse.shelf.origin import git_revision, promocal_version


def git(*arguments: str, cwd: Path) -> str:
    settings = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *settings, *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git to compare with")
def test_the_revision_is_the_one_git_says(tmp_path: Path) -> None:
    root = tmp_path / "project"
    inner = root / "shops" / "one"
    inner.mkdir(parents=True)
    assert git_revision(inner) is None
    git("init", "--quiet", cwd=root)
    assert git_revision(inner) is None  # no commit yet
    git("commit", "--allow-empty", "--quiet", "-m", "first", cwd=root)
    first = git("rev-parse", "HEAD", cwd=root)
    assert git_revision(inner) == first
    git("pack-refs", "--all", cwd=root)
    assert git_revision(inner) == first
    git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"), cwd=root)
    git("commit", "--allow-empty", "--quiet", "-m", "second", cwd=tmp_path / "side")
    assert git_revision(tmp_path / "side") == git("rev-parse", "HEAD", cwd=tmp_path / "side") != first
    git("checkout", "--quiet", "--detach", cwd=root)
    assert git_revision(root) == first
    (root / ".git" / "HEAD").write_text("nonsense")
    assert git_revision(root) is None


def test_the_version_is_the_packages() -> None:
    from promocal import __version__

    assert promocal_version() == __version__

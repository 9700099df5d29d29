"""What lies about in a folder and nobody handed in on purpose."""

from __future__ import annotations

from typing import NamedTuple

_HISTORY = "is the history of a repository"
_SYSTEM = "was left by the system that packed it"
_CACHE = "is a copy that a program has made"
_PACKAGES = "holds packages that were installed"
_EDITOR = "holds the settings of an editor"
_NAMES = {
    ".git": _HISTORY,
    ".hg": _HISTORY,
    ".svn": _HISTORY,
    "__macosx": _SYSTEM,
    ".ds_store": _SYSTEM,
    "thumbs.db": _SYSTEM,
    "desktop.ini": _SYSTEM,
    "__pycache__": _CACHE,
    ".ipynb_checkpoints": _CACHE,
    ".mypy_cache": _CACHE,
    ".pytest_cache": _CACHE,
    ".venv": _PACKAGES,
    "venv": _PACKAGES,
    "node_modules": _PACKAGES,
    "site-packages": _PACKAGES,
    ".idea": _EDITOR,
    ".vscode": _EDITOR,
}


class Litter(NamedTuple):
    """A path that is passed over with all below it, and why."""

    parts: tuple[str, ...]
    reason: str


def litter(parts: tuple[str, ...]) -> Litter | None:
    """Find what of a path lies about, if anything does."""
    for depth, part in enumerate(parts, start=1):
        # macOS writes what a file system cannot keep beside each file.
        reason = _SYSTEM if part.startswith("._") else _NAMES.get(part.lower())
        if reason:
            return Litter(parts[:depth], reason)
    return None

"""Databases to migrate, on every backend."""

from __future__ import annotations

from tests.gradebook.conftest import server, url

__all__ = ["server", "url"]

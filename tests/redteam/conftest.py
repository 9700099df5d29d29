"""The data set of full size that attacks meet is the one of the samples."""

from __future__ import annotations

from tests.submissions.conftest import whole_set

__all__ = ["whole_set"]

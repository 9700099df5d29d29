"""The kind `answers`: a file of answers, in TOML or JSON; nothing of it is run."""

from __future__ import annotations

from grader.kinds.answers.evidence import AnswersEvidence
from grader.kinds.answers.kind import AnswersKind

__all__ = ["AnswersEvidence", "AnswersKind"]

"""Evidence of answers: what a file says to each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model.evidence import Evidence


@dataclass(frozen=True)
class AnswersEvidence(Evidence):
    """What is known of a file of answers; what is wrong with the file itself is in `source`.

    Attributes:
        given: Answers by the names of their questions, as text, however the file wrote them.
        doubled: Names that stand twice in the file, of which `given` has the last answer.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    doubled: tuple[str, ...] = ()

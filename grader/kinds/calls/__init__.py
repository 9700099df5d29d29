"""The kind `calls`: functions of a submission are run in a box on arrays that it has not seen.

The box gets arguments and gives results; what is right it is never told. `plan` of an exercise
draws the calls anew for every submission, so that nobody can know them before.
"""

from __future__ import annotations

from grader.kinds.calls.evidence import CallsEvidence, Ended, Made, Planned
from grader.kinds.calls.kind import CallsKind

__all__ = ["CallsEvidence", "CallsKind", "Ended", "Made", "Planned"]

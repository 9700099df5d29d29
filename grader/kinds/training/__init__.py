"""The kind `training`: a submission asks for fits in a box, and a trainer outside does them.

`session` is the dialogue; `models` is what was fitted, and which of it is graded; `conclusion` is
what follows from how it ended. `evidence` is all that checks get to see.
"""

from __future__ import annotations

from grader.kinds.training.evidence import TrainingEvidence
from grader.kinds.training.kind import TrainingKind

__all__ = ["TrainingEvidence", "TrainingKind"]

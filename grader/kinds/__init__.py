"""Kinds of exercises: how evidence is gathered. A kind knows nothing of points.

- `training`: the submission asks for fits in a box, and a trainer outside carries them out.
- `calls`: its functions are run in a box on arrays that it has not seen.
- `answers`: it is a file of answers, and nothing of it is run.
"""

from __future__ import annotations

from grader.kinds.boxes import Boxes
from grader.kinds.kind import Judge, Kind, Task

__all__ = ["Boxes", "Judge", "Kind", "Task"]

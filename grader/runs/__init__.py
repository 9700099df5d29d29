"""Training runs that submissions share: what was trained once is never trained again.

A run is a deterministic function of its request, its seed and what the callbacks decided, so two
submissions that ask for the same training and decide alike get the same epochs, whatever their
source looks like.
"""

from __future__ import annotations

from grader.runs.identity import code_digest, processor
from grader.runs.shared import SharedTrainer
from grader.runs.store import RunStore

__all__ = ["RunStore", "SharedTrainer", "code_digest", "processor"]

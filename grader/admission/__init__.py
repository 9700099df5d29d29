"""Decides, before anything is built, whether a training request may be built at all.

A request comes from the submission's side, so it is read as hostile data: plain JSON in which
every object names a built-in class of Keras, every name is from a list, every number list is
short. What is refused here is refused with a reason; a request that is legitimate but cannot be
repeated ends in a human review.
"""

from __future__ import annotations

from grader.admission.admit import Refusal, admit
from grader.admission.structure import LayerFound, layers_of, uncompiled

__all__ = ["LayerFound", "Refusal", "admit", "layers_of", "uncompiled"]

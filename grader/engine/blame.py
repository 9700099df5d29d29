"""Tells whose an error is: the student's to know, a human's to decide on, or ours.

What Keras would say of a submission everywhere is the student's. What fails only because the
trainer describes, weighs and builds a model once more is nobody's fault but ours, and would fail
again: it is left to a human. Every other error ends the trainer, and the submission is tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

_TOO_LARGE = "training it takes more memory than the trainer has"


class ImpossibleError(Exception):
    """Raised when a request is not trained: its text says why, to the student.

    With `needs_review` it is no fault of the student's, and the text is for a human.
    """

    def __init__(self, reason: str, *, needs_review: bool = False) -> None:
        """Give a reason in words."""
        super().__init__(reason)
        self.needs_review = needs_review


@contextmanager
def blaming_the_model() -> Iterator[None]:
    """Turn what Keras says inside into the student's result; only Keras may run inside."""
    try:
        yield
    except ImpossibleError:
        raise
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        # Its memory is the trainer's limit and not the machine's, so another try would end alike.
        raise ImpossibleError(_TOO_LARGE) from error
    except Exception as error:
        raise ImpossibleError(own_words(error)) from error


@contextmanager
def blaming_its_size() -> Iterator[None]:
    """Turn a lack of memory inside into the student's result, and nothing else."""
    try:
        yield
    except MemoryError as error:
        raise ImpossibleError(_TOO_LARGE) from error


@contextmanager
def blaming_nobody(failing: str) -> Iterator[None]:
    """Leave to a human what the student's own Keras has done and ours fails at inside."""
    try:
        yield
    except ImpossibleError:
        raise
    except Exception as error:
        raise ImpossibleError(f"{failing} ({own_words(error)})", needs_review=True) from error


def own_words(error: Exception) -> str:
    """Return what Keras or TensorFlow says, without the files and lines that surround it."""
    text = str(error)
    in_graph = re.search(r"\n([^\n]+)\n[ \t]*\[\[\{\{node", text)
    in_trace = re.search(r"\n    (\w+(?:Error|Exception): .*)", text, re.DOTALL)
    found = in_graph or in_trace
    words = found[1] if found else f"{type(error).__name__}: {text}"
    return " ".join(words.split())

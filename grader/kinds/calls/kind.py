"""Runs the functions of one submission after another in a box, on arrays that a plan draws."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import SandboxError
from grader.kinds.boxes import Boxes
from grader.kinds.calls.evidence import CallsEvidence, Ended, Made, Planned
from grader.kinds.kind import Judge, Task
from grader.preflight import Reader
from grader.protocol import (
    MAX_RESULT_BYTES,
    ArraySpec,
    Call,
    Called,
    Epoch,
    Frame,
    FromSandbox,
    Loaded,
    LoadSubmission,
    MalformedFrameError,
    PeerSilentError,
    ProtocolError,
)
from grader.protocol.arrays import arrays_of
from grader.sandbox import Box

# Only for a box that is starved or stopped: its own time is counted by the processor.
_SILENCE_S = 600.0
_SEND_S = 120.0
_OUT_OF_TURN = "the program wrote to the channel that belongs to the grader"


class _OverError(Exception):
    """Raised when a box has ended; its text says why, and `is_limit` whether of a limit."""

    def __init__(self, why: str, *, is_limit: bool = False) -> None:
        super().__init__(why)
        self.is_limit = is_limit


class CallsKind:
    """Calls what submissions define; shares boxes and the reader with other kinds.

    A function that ends the program is not called again, and takes nothing from the others: they
    go on in another box, where the file is loaded anew.
    """

    def __init__(
        self,
        boxes: Boxes,
        reader: Reader,
        pictures: Mapping[str, NDArray[Any]],
        *,
        seed: int,
        draw: Callable[[], np.random.Generator] | None = None,
    ) -> None:
        """Let plans use `pictures`; what submissions draw at random comes from `seed`.

        `draw` gives a generator for the plan of each submission. Without it, nobody can foresee
        what is drawn: whoever knew could answer from a table.
        """
        self._boxes = boxes
        self._reader = reader
        self._pictures = pictures
        self._seed = seed
        self._draw = draw or (lambda: np.random.default_rng(secrets.randbits(128)))

    def warm_up(self) -> None:
        """Start the reader and a box before a submission needs them."""
        self._boxes.prepare()
        self._reader.warm_up()

    def close(self) -> None:
        """End the reader and the waiting box."""
        self._boxes.close()
        self._reader.close()

    def observe(self, task: Task, judge: Judge, on_epoch: Callable[[Epoch], None]) -> CallsEvidence:
        """Read the file, load it in a box, and make the calls of the plan.

        Raises:
            InfrastructureError: It could not be observed through no fault of the submission.
        """
        del on_epoch  # Nothing is trained.
        submission, rubric = task.submission, task.rubric
        source = self._reader.read(submission.source, rubric.names, submission.file)
        evidence = CallsEvidence(source=source)
        if source.problem or not judge.passes_gates(evidence) or task.plan is None:
            return evidence
        left = plan = tuple(task.plan(self._draw(), self._pictures))
        evidence = dataclasses.replace(evidence, plan=plan)
        while True:
            ends = len(evidence.ends)
            with self._boxes.take() as box:
                evidence = self._dialogue(box, evidence, task, left)
            left = _left(evidence)
            if len(evidence.ends) == ends or not left:
                return evidence

    def _dialogue(
        self,
        box: Box[FromSandbox],
        evidence: CallsEvidence,
        task: Task,
        left: Sequence[Planned],
    ) -> CallsEvidence:
        source = evidence.source
        load = LoadSubmission(
            source=source.text,
            filename=PurePath(task.submission.file).name,
            names=task.rubric.names,
            is_notebook=bool(source.cells),
            seed=self._seed,
        )
        box.begin_share(task.rubric.calls.cpu_s)
        try:
            box.channel.send(load, timeout_s=_SEND_S)
        except ProtocolError as error:
            raise SandboxError(f"a box did not take a submission: {error}") from error
        made, planned = [*evidence.made], None
        is_first = not evidence.ends
        try:
            loaded = _heard(box).message
            if not isinstance(loaded, Loaded):
                raise _OverError(_OUT_OF_TURN)  # noqa: TRY301 - as every other end of a box
            raised = loaded.raised
            if raised is not None:
                raised = _placed(raised, evidence)
            if is_first:
                evidence = dataclasses.replace(
                    evidence, outcome=raised, missing=loaded.missing, shims=loaded.shims
                )
            for planned in left if raised is None else ():
                if planned.function not in loaded.missing:
                    made.append(_make(box, planned, evidence))
        except _OverError as over:
            if planned is not None:
                ends = (*evidence.ends, Ended(planned, str(over), over.is_limit))
                evidence = dataclasses.replace(evidence, ends=ends)
            elif is_first:
                evidence = dataclasses.replace(evidence, collapse=str(over))
        return dataclasses.replace(evidence, made=tuple(made))


def _left(evidence: CallsEvidence) -> tuple[Planned, ...]:
    """Return the calls that are still to be made."""
    made = {id(each.planned) for each in evidence.made}
    return tuple(
        planned
        for planned in evidence.plan
        if id(planned) not in made
        and planned.function not in evidence.missing
        and evidence.end_of(planned.function) is None
    )


def _make(box: Box[FromSandbox], planned: Planned, evidence: CallsEvidence) -> Made:
    arrays = [np.ascontiguousarray(array) for array in planned.arrays]
    specs = tuple(ArraySpec(array.dtype.name, array.shape) for array in arrays)  # type: ignore[arg-type]
    call = Call(function=planned.function, arrays=specs, numbers=planned.numbers)
    try:
        box.channel.send(call, [array.tobytes() for array in arrays], timeout_s=_SEND_S)
    except ProtocolError as error:
        raise _over(box, error) from error
    frame = _heard(box)
    said = frame.message
    if not isinstance(said, Called):
        raise _OverError(_OUT_OF_TURN)
    answered = arrays_of(frame, said.arrays)
    after, results = answered[: len(arrays)], answered[len(arrays) :]
    is_too_large = any(array.nbytes > MAX_RESULT_BYTES for array in answered)
    if len(after) < len(arrays) or len(results) > 1 or is_too_large:
        raise _OverError(_OUT_OF_TURN)
    has_changed = not all(map(_is_same, arrays, after))
    if said.raised is not None:
        return Made(planned, raised=_placed(said.raised, evidence), has_changed=has_changed)
    return Made(
        planned,
        returned=said.returned,
        # A view would keep all that came along.
        result=results[0].copy() if results else None,
        has_changed=has_changed,
    )


def _is_same(before: NDArray[Any], after: NDArray[Any]) -> bool:
    return before.dtype == after.dtype and bool(np.array_equal(before, after))


def _placed(raised: Any, evidence: CallsEvidence) -> Any:
    line = evidence.source.line_if_any(raised.line)
    return type(raised)(raised.error, raised.message, raised.phase, line)


def _heard(box: Box[FromSandbox]) -> Frame[FromSandbox]:
    try:
        return box.channel.receive(_SILENCE_S)
    except ProtocolError as error:
        raise _over(box, error) from error


def _over(box: Box[FromSandbox], error: ProtocolError) -> _OverError:
    if box.excess:
        return _OverError(f"the program was ended because {box.excess}", is_limit=True)
    if isinstance(error, MalformedFrameError):
        return _OverError(_OUT_OF_TURN)
    if isinstance(error, PeerSilentError):
        why = f"the program did not answer within {_SILENCE_S:.0f} seconds"
        return _OverError(why, is_limit=True)
    return _OverError("the program ended itself")

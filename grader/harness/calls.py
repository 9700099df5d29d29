"""Calls a submission's functions with the worker's arrays, and sends back what comes of it.

What is sent is no more than a claim: numbers that the worker compares with its own. So nothing is
checked here but what keeps an honest program from breaking the channel, such as a result of a
thousand million numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from grader.protocol import (
    MAX_RESULT_BYTES,
    ArraySpec,
    Call,
    Called,
    Channel,
    PeerClosedError,
    Raised,
    ToSandbox,
    clipped,
)
from grader.protocol.arrays import arrays_of
from grader.protocol.messages import DType

_LONGEST_TEXT = 200
_MOST_AXES = 8


def serve(
    channel: Channel[ToSandbox],
    functions: Mapping[str, Any],
    put_into_words: Callable[[BaseException], Raised],
) -> None:
    """Answer one call after another until the worker hangs up."""
    while True:
        try:
            frame = channel.receive()
        except PeerClosedError:
            return
        message = frame.message
        if not isinstance(message, Call):
            return
        # Copies, which the function may write to.
        given = [array.copy() for array in arrays_of(frame, message.arrays)]
        answer, result = Called(), None
        try:
            result = functions[message.function](*given, *message.numbers)
            answer = Called(returned=clipped(_described(result)))
            result = _numbers(result)
        # However it ends, SystemExit included, the report must say it.
        except BaseException as error:  # noqa: BLE001
            answer, result = Called(raised=put_into_words(error)), None
        arrays = [*map(_as_it_is, given), *([] if result is None else [result])]
        specs = tuple(ArraySpec(array.dtype.name, array.shape) for array in arrays)  # type: ignore[arg-type]
        channel.send(
            Called(raised=answer.raised, returned=answer.returned, arrays=specs),
            [array.reshape(-1).view(np.uint8).data for array in arrays],
        )


def _numbers(value: Any) -> NDArray[Any] | None:
    """Return a result as an array of its own, if it is one of numbers, and not too many."""
    try:
        array = np.asarray(value)
    # Lists of unequal lengths, or an object that is none; what it is stands in the description.
    except Exception:  # noqa: BLE001
        return None
    fits = array.dtype.name in get_args(DType) and array.ndim <= _MOST_AXES
    # A stretched view has few bytes in memory and many numbers.
    if not fits or array.size * array.dtype.itemsize > MAX_RESULT_BYTES:
        return None
    return _sent(array)


def _as_it_is(given: NDArray[Any]) -> NDArray[Any]:
    """Return an array that a function was given; an empty one if it is no such array any more."""
    now = _numbers(given)
    return np.zeros(0, np.uint8) if now is None else now


def _sent(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as its numbers lie in a frame."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(array.shape)


def _described(value: Any) -> str:
    """Say what a result is, such as "an array of float64, 3 x 4"."""
    if isinstance(value, np.ndarray):
        shape = " x ".join(map(str, value.shape)) or "one number"
        return f"an array of {value.dtype}, {shape}"[:_LONGEST_TEXT]
    name = type(value).__name__[:_LONGEST_TEXT]
    if value is None:
        return "None"
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"

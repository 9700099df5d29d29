"""What a kind makes of a program, or of whoever speaks in its place; the box is a thread here."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.errors import InfrastructureError, SandboxError
from grader.kinds import Boxes
from grader.kinds.calls import CallsEvidence, Planned
from grader.kinds.calls import kind as calls
from grader.protocol import (
    MAX_RESULT_BYTES,
    ArraySpec,
    Called,
    Channel,
    Loaded,
    Raised,
    Ready,
    ToSandbox,
)
from tests.kinds.calls.inside import BOTH, BYTES, IMAGE, PLAN, Inside, Peer, observed

OUT_OF_TURN = "the program wrote to the channel that belongs to the grader"
NINE = np.eye(3)


def specs(*arrays: np.ndarray[Any, Any]) -> tuple[ArraySpec, ...]:
    """Describe arrays."""
    return tuple(ArraySpec(array.dtype.name, array.shape) for array in arrays)


def saying(*answers: tuple[msgspec.Struct, Iterable[np.ndarray[Any, Any]]]) -> Peer:
    """Return a peer that gives these answers, one for each message, and hangs up."""

    def peer(end: socket.socket) -> None:
        channel: Channel[ToSandbox] = Channel(end, ToSandbox)
        for message, arrays in answers:
            channel.receive(10)
            channel.send(message, [array.tobytes() for array in arrays])

    return peer


def answering(change: Callable[[Called], msgspec.Struct], *arrays: np.ndarray[Any, Any]) -> Peer:
    """Return a peer that loads, and answers the first call with these arrays."""
    return saying((Loaded(), ()), (change(Called(arrays=specs(*arrays))), arrays))


def titles(evidence: CallsEvidence) -> list[tuple[str, str]]:
    """Return which calls were made."""
    return [(made.planned.function, made.planned.title) for made in evidence.made]


def test_every_call_of_the_plan_is_made_in_its_order() -> None:
    """Results come back as arrays of the box's, and what helped the program is told."""
    evidence = observed()

    assert [made.planned for made in evidence.made] == [*PLAN]
    assert evidence.plan == PLAN
    assert (evidence.outcome, evidence.missing, evidence.collapse) == (None, (), None)
    assert evidence.ends == ()
    assert evidence.shims == ("a shim",)
    first, second, third, _ = evidence.made
    assert first.result is not None
    assert third.result is not None
    assert np.array_equal(first.result, IMAGE)
    assert np.array_equal(third.result, BYTES * 0.5)
    assert first.returned == "an array of int64, 3 x 4"
    assert second.returned == "an array of int64, 2 x 2"
    assert not any(made.has_changed for made in evidence.made)


def test_a_submission_has_the_time_that_its_exercise_gives() -> None:
    """It counts from the moment when the box gets the file."""
    boxes: list[Inside] = []
    observed(boxes=boxes)

    assert boxes[0].share_s == 10


def test_a_file_that_raises_is_not_called() -> None:
    """The error and its line are told."""
    evidence = observed("def convolve(): pass\ndef max_pool(): pass\n1 / 0")

    assert evidence.outcome == Raised("ZeroDivisionError", "division by zero", "import", 2)
    assert evidence.made == ()


def test_of_two_functions_one_is_called_where_the_other_is_missing() -> None:
    """A name that stands for no function once the file has run is told."""
    evidence = observed(BOTH + "convolve = 3\n")

    assert evidence.missing == ("convolve",)
    assert {function for function, _ in titles(evidence)} == {"max_pool"}


def test_a_file_that_fails_a_gate_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one that is no Python."""
    boxes: list[Inside] = []
    monkeypatch.setattr("grader.grading.grade.Judge.passes_gates", lambda *_: False)

    assert observed(boxes=boxes).plan == ()
    monkeypatch.undo()
    assert observed("def convolve(:", boxes=boxes).source.problem
    assert boxes == []


def test_an_error_in_a_call_is_its_own() -> None:
    """Other calls are made all the same; the line is one of the file."""
    evidence = observed(BOTH.replace("image * weight", "1 / (image.dtype != 'uint8')"))

    assert [made.raised is None for made in evidence.made] == [True, True, False, True]


def test_a_changed_input_is_noticed_also_where_the_call_raises() -> None:
    """By its numbers, its type or its shape."""
    for change in ("image[0, 0] += 1", "image.shape = (-1,)", "image.dtype = 'int8'"):
        source = f"def convolve(image, filter, weight=1):\n    {change}\n    1 / 0\n"
        evidence = observed(source + "def max_pool(image):\n    image[...] = 0\n")

        assert [made.has_changed for made in evidence.made] == [True] * 4, change
        assert evidence.made[0].raised == Raised("ZeroDivisionError", "division by zero", "call")


@pytest.mark.parametrize("type_", ["complex128", "S8", "datetime64[s]"])
def test_an_input_that_is_no_array_of_numbers_any_more_is_a_changed_one(type_: str) -> None:
    """The channel goes on: nobody has written to it."""
    evidence = observed(BOTH.replace("return image *", f"image.dtype = '{type_}'; return 3 *"))

    assert evidence.ends == ()
    assert evidence.made[0].has_changed
    assert evidence.made[1].result is not None


@pytest.mark.parametrize(
    ("result", "returned"),
    [
        ("None", "None"),
        ("[[1, 2], [3]]", "a list"),
        ("{1: 2}", "a dict"),
        ("(x for x in image)", "a generator"),
        ("image.astype(complex)", "an array of complex128, 3 x 4"),
        ("image.astype(object)", "an array of object, 3 x 4"),
        ("image.astype(str)", "an array of <U21, 3 x 4"),
        ("__import__('numpy').zeros((1,) * 9)", "an array of float64, " + " x ".join("1" * 9)),
        ("__import__('numpy').zeros(10 ** 6)", "an array of float64, 1000000"),
        (
            "__import__('numpy').broadcast_to(image[0, 0], (1 << 20, 1 << 20))",
            "an array of int64, 1048576 x 1048576",
        ),
    ],
)
def test_what_is_no_array_of_numbers_is_described(result: str, returned: str) -> None:
    """Or one of too many; nothing is sent of it, and nothing raised."""
    source = BOTH.replace("image * weight", f"{result} if image.dtype != 'uint8' else image")
    made = observed(source).made[0]

    assert (made.returned, made.result, made.raised) == (returned, None, None)


def test_results_may_lie_in_memory_as_they_like() -> None:
    """Transposed, big-endian, stretched, empty or a single number."""
    source = """
import numpy as np

def convolve(image, filter, weight=1):
    return np.asfortranarray(image).astype('>i4') if weight == 1 else image[5:]

def max_pool(image):
    return np.broadcast_to(image[0, 1], (2, 2)) if image.dtype != 'uint8' else image[0, 2]
"""
    first, second, third, fourth = (made.result for made in observed(source).made)

    assert first is not None
    assert second is not None
    assert third is not None
    assert fourth is not None
    assert first.dtype == np.int32
    assert np.array_equal(first, IMAGE)
    assert second.tolist() == [[1, 1], [1, 1]]
    assert third.shape == (0, 3)
    assert (fourth.shape, fourth.item()) == ((), 2)


def test_a_function_that_ends_the_program_takes_nothing_from_the_other() -> None:
    """The other goes on in a new box; the one that ended it is not called again."""
    boxes: list[Inside] = []
    evidence = observed(
        BOTH.replace("return image[::2", "hang_up(); return image[::2"), boxes=boxes
    )
    (end,) = evidence.ends

    assert (end.planned, end.why, end.is_limit) == (PLAN[1], "the program ended itself", False)
    assert [made.planned for made in evidence.made] == [PLAN[0], PLAN[2]]
    assert evidence.collapse is None
    assert evidence.end_of("convolve") is None
    assert evidence.asked("convolve") == 2
    # One more waits for the next submission.
    assert len(boxes) == 3


def test_a_limit_that_ends_a_call_is_told() -> None:
    """Whose doing it was makes a difference for what there is to mend."""
    evidence = observed(BOTH.replace("return", "hang_up(); return"), excess="it slept")
    why = "the program was ended because it slept"

    assert [(end.why, end.is_limit) for end in evidence.ends] == [(why, True)] * 2


def test_both_functions_may_end_the_program() -> None:
    """Then nothing is left to be called."""
    boxes: list[Inside] = []
    source = BOTH.replace("return", "hang_up(); return")
    evidence = observed(source, boxes=boxes)

    assert [end.planned for end in evidence.ends] == [PLAN[0], PLAN[1]]
    assert evidence.made == ()
    assert len(boxes) == 3


def test_a_file_that_does_not_load_again_is_left() -> None:
    """What was found at first stands."""
    first = saying((Loaded(), ()), (Called(arrays=specs(IMAGE, NINE)), (IMAGE, NINE)))
    evidence = observed(BOTH, first, lambda end: end.recv(1 << 16))

    assert [made.planned for made in evidence.made] == [PLAN[0]]
    assert [end.planned for end in evidence.ends] == [PLAN[1]]
    assert evidence.collapse is None


def test_a_file_that_fails_when_it_is_loaded_again_is_left() -> None:
    """As above."""
    first = saying((Loaded(), ()), (Called(arrays=specs(IMAGE, NINE)), (IMAGE, NINE)))
    second = saying((Loaded(raised=Raised("E", "", "import"), missing=("convolve",)), ()))
    evidence = observed(BOTH, first, second)

    assert (evidence.outcome, evidence.missing) == (None, ())
    assert [made.planned for made in evidence.made] == [PLAN[0]]


def test_a_program_that_ends_while_it_is_loaded_is_not_loaded_again() -> None:
    """The limit that ended it is told, if there was one."""
    evidence = observed(BOTH + "hang_up()", excess="it computed for over 10 seconds")

    assert evidence.collapse == "the program was ended because it computed for over 10 seconds"
    assert (evidence.ends, evidence.made) == ((), ())


@pytest.mark.parametrize(
    "peer",
    [
        answering(lambda _: Loaded(), IMAGE, NINE),
        answering(lambda _: Ready(tensorflow="2")),
        answering(lambda called: called),
        answering(lambda called: called, IMAGE),
        answering(lambda called: called, IMAGE, NINE, IMAGE, IMAGE),
        answering(
            lambda called: msgspec.structs.replace(called, raised=Raised("E", "", "call")), IMAGE
        ),
        answering(lambda called: called, IMAGE, NINE, np.zeros(MAX_RESULT_BYTES + 1, np.uint8)),
        answering(lambda called: called, np.zeros(MAX_RESULT_BYTES + 1, np.uint8), NINE),
        answering(
            lambda _: Called(arrays=(*specs(IMAGE, NINE), ArraySpec("int8", (0, *[1 << 28] * 3)))),
            IMAGE,
            NINE,
        ),
    ],
)
def test_a_peer_that_answers_out_of_turn_ends_the_function(peer: Peer) -> None:
    """Another message, too few arrays or too many, more than a function may give, absurd sizes."""
    evidence = observed(BOTH, peer)

    assert [(end.planned, end.why) for end in evidence.ends] == [(PLAN[0], OUT_OF_TURN)]
    assert [made.planned for made in evidence.made] == [PLAN[1], PLAN[3]]


@pytest.mark.parametrize("said", [Called(), Ready(tensorflow="2")])
def test_a_peer_that_calls_before_it_has_loaded_is_not_asked(said: msgspec.Struct) -> None:
    """Nothing is known of such a file."""
    evidence = observed(BOTH, saying((said, ())))

    assert evidence.collapse == OUT_OF_TURN
    assert evidence.made == ()


def test_bytes_that_are_no_frame_are_out_of_turn() -> None:
    """Whatever they are."""

    def peer(end: socket.socket) -> None:
        end.sendall(struct.pack(">II", 5, 0) + b"hello")
        end.recv(1 << 16)

    assert observed(BOTH, peer).collapse == OUT_OF_TURN


def test_a_peer_that_says_nothing_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """It did not answer in time."""
    monkeypatch.setattr(calls, "_SILENCE_S", 0.2)

    def peer(end: socket.socket) -> None:
        while end.recv(1 << 16):
            pass

    assert observed(BOTH, peer).collapse == "the program did not answer within 0 seconds"


def test_a_result_does_not_hold_what_came_along_with_it() -> None:
    """A worker keeps what is compared, and no frame."""
    result = observed().made[0].result

    assert result is not None
    assert result.base is None


def test_a_line_that_is_not_of_the_file_is_not_told() -> None:
    """A place is claimed, so it must be one."""
    raised = Raised("E", "x", "call", 10_000)
    peer = saying((Loaded(), ()), (Called(raised=raised, arrays=specs(IMAGE, NINE)), (IMAGE, NINE)))
    error = observed(BOTH, peer).made[0].raised

    assert error == Raised("E", "x", "call", None)


def test_a_box_that_does_not_start_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is one that does not take the file."""

    def start(*_: Any) -> Any:
        raise SandboxError("no")

    monkeypatch.setattr(Boxes, "prepare", start)
    with pytest.raises(InfrastructureError):
        observed()
    monkeypatch.undo()
    monkeypatch.setattr(calls, "_SEND_S", 5.0)

    with pytest.raises(InfrastructureError, match="did not take a submission"):
        observed(BOTH, lambda end: end.shutdown(socket.SHUT_RDWR))


def test_arrays_that_lie_anyhow_are_sent_in_order() -> None:
    """A plan may cut and turn its arrays."""
    turned = Planned("max_pool", "turned", (IMAGE.T[::-1],))
    (made,) = observed(plan=[turned]).made

    assert made.result is not None
    assert np.array_equal(made.result, IMAGE.T[::-1][::2, ::2])

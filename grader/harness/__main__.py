"""Entry point of a box: warm up, wait for one submission, run it, say how it ended."""

from __future__ import annotations

import gc
import importlib
import socket
import sys

from grader.protocol import Channel, LoadSubmission, Ready, RunSubmission, ToSandbox


def main(fd: int) -> None:
    """Serve one submission on the socket with this descriptor."""
    # Imported before a submission exists: most of a box's start-up time is this line. A quarter of
    # it would go to looking for garbage among a million objects that all stay.
    gc.disable()
    runtime = importlib.import_module("grader.harness.runtime")
    gc.freeze()
    gc.enable()
    channel: Channel[ToSandbox] = Channel(socket.socket(fileno=fd), ToSandbox)
    channel.send(Ready(tensorflow=runtime.tensorflow_version()))
    message = channel.receive().message
    if isinstance(message, LoadSubmission):
        runtime.serve_calls(message, channel)
    elif isinstance(message, RunSubmission):
        runtime.run(message, channel)
    else:
        sys.exit("expected a submission")


if __name__ == "__main__":
    main(int(sys.argv[1]))

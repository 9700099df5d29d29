"""Entry point of the trainer: one request after another, until the worker closes the socket."""

from __future__ import annotations

import gc
import importlib
import socket
import sys

from grader.protocol import Channel, PeerClosedError, Probe, Ready, Restore, ToTrainer, Train


def main(fd: int, threads: int, *, exact: bool) -> None:
    """Serve the worker on the socket with this descriptor, computing with so many threads."""
    channel: Channel[ToTrainer] = Channel(socket.socket(fileno=fd), ToTrainer)
    # Imported here, and before the first request, because TensorFlow takes seconds; a quarter of
    # them would go to looking for garbage among a million objects that all stay.
    gc.disable()
    train = importlib.import_module("grader.engine.train")
    probe = importlib.import_module("grader.engine.probe")
    gc.freeze()
    gc.enable()
    channel.send(Ready(tensorflow=train.prepare(threads)))
    engine = train.Engine(channel, exact=exact)
    while True:
        try:
            frame = channel.receive()
        except PeerClosedError:
            return
        if isinstance(frame.message, Train):
            engine.train(frame)
        elif isinstance(frame.message, Restore):
            engine.restore(frame)
        elif isinstance(frame.message, Probe) and engine.model is not None:
            channel.send(*probe.probe(engine.model))
        else:
            sys.exit(f"unexpected {type(frame.message).__name__}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), exact=sys.argv[3] == "exact")

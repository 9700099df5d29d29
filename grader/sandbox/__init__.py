"""Boxes: fresh bubblewrap jails in which a submission, or the trainer, runs.

Actors:

- the *worker* starts a box, holds one end of a socket pair, and kills the box when it is done;
- *bubblewrap* makes the namespaces and mounts, then runs `prlimit`, which runs Python;
- the *program* in the box (the harness with a submission, or the trainer) holds the other end.

What the program gets: a read-only system and Python, a read-only MNIST, the few modules of ours
that belong inside, small private `/tmp` and home folders, its own process ids, no network, no
capabilities, no namespaces of its own, only the system calls that it needs, and limits on memory,
processes, file size, open files, CPU time and the time that it keeps the worker waiting. What it
does not get: the grader's other modules, the gradebook, Redis, a terminal, an environment.

A worker asks a real box whether all this holds before it takes work (`selftest`), and takes none
otherwise. Whoever runs it may name layers to do without; then every report names them too.

Nothing is ever written from outside into a folder that the program can write to, and no file that
it wrote is ever opened outside: its folders live and die with its mount namespace.
"""

from __future__ import annotations

from grader.sandbox.box import Box, start_harness, start_trainer
from grader.sandbox.leftovers import remove_leftovers
from grader.sandbox.limits import Limits
from grader.sandbox.selftest import require_box

__all__ = ["Box", "Limits", "remove_leftovers", "require_box", "start_harness", "start_trainer"]

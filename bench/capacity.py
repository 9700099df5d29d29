"""How long a service takes for a large class: a model, and the simulation it is checked against.

Usage: python -m bench.capacity [STUDENTS] [WORKERS]

All files are there at once, as after a deadline, and each worker takes the next when it is free.
A share of them never trains. Half of the others ask for one of three trainings; how many different
ones the other half asks for is drawn as in Ewens's sampling formula: the next file brings a new
training with probability `t / (t + files before)`. With t = 92 one expects 42 different ones of 53,
which is what was counted in public solutions (45 of 107 with the three popular ones). A worker
whose training another one is doing waits for it: it follows the epochs.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

from bench.table import RESULTS

_POPULAR = 3
_NOVELTY = 92.0


class Costs(NamedTuple):
    """What one submission costs one worker, in seconds, and what share of them trains.

    Attributes:
        box_s: Everything but training.
        run_s: One training, to its end.
        trained: Share of submissions that pass the gates.
    """

    box_s: float
    run_s: float
    trained: float = 1 - (10 + 33 + 6) / 119


class Outcome(NamedTuple):
    """How a class was graded: seconds until half of it and all of it had reports, and trainings."""

    half_s: float
    all_s: float
    trainings: float


def model(students: int, workers: int, costs: Costs) -> float:
    """Return the expected seconds until all are graded.

    Workers share the boxes and the trainings evenly. Beside that they wait twice: at the beginning
    those who met a popular training before a new one, while it is trained for the first time; and
    at the end nearly all of them, for the last ones.
    """
    trained = students * costs.trained
    others = trained / 2
    different = _POPULAR + _NOVELTY * math.log1p(others / _NOVELTY)
    work_s = students * costs.box_s + different * costs.run_s
    first = min(others, workers)
    new_among_first = _NOVELTY * math.log1p(first / _NOVELTY) / first
    meets_popular = 1 / (1 + new_among_first)
    idle = max(0.0, 1 - _POPULAR / workers) * meets_popular + 1 - 1 / workers
    return work_s / workers + idle * costs.run_s


def simulate(students: int, workers: int, costs: Costs, seed: int) -> Outcome:
    """Grade a class file by file."""
    draw = random.Random(seed)  # noqa: S311 - a simulation
    free_s = [0.0] * workers
    done_s: dict[int, float] = {}
    ended_s = []
    for training in _trainings(students, costs.trained, draw):
        began_s = heapq.heappop(free_s) + costs.box_s
        ended = began_s
        if training is not None:
            # Whoever comes later sees the epochs that are there at once, and waits for the others.
            ended = max(began_s, done_s.setdefault(training, began_s + costs.run_s))
        ended_s.append(ended)
        heapq.heappush(free_s, ended)
    ended_s.sort()
    return Outcome(ended_s[len(ended_s) // 2], ended_s[-1], len(done_s))


def _trainings(students: int, trained: float, draw: random.Random) -> Iterator[int | None]:
    """Give what each file asks for: the number of a training, or None."""
    others: list[int] = []
    for _ in range(students):
        if draw.random() >= trained:
            yield None
        elif draw.random() < 0.5:
            yield draw.randrange(_POPULAR)
        else:
            is_new = draw.random() < _NOVELTY / (_NOVELTY + len(others))
            others.append(_POPULAR + len(others) if is_new else draw.choice(others))
            yield others[-1]


def main(students: int, workers: int) -> None:
    """Print and write down the model and ten simulations of one class."""
    # Eight epochs, of 15 seconds where compiled code trains and 35 where TensorFlow does.
    costs = Costs(box_s=4.0, run_s=8 * 20.0)
    outcomes = [simulate(students, workers, costs, seed) for seed in range(10)]
    mean_s = sum(outcome.all_s for outcome in outcomes) / len(outcomes)
    alone_s = students * costs.trained * costs.run_s / workers
    found = {
        "students": students,
        "workers": workers,
        "box_s": costs.box_s,
        "run_s": costs.run_s,
        "model_s": round(model(students, workers, costs)),
        "simulated_s": round(mean_s),
        "half_simulated_s": round(sum(each.half_s for each in outcomes) / len(outcomes)),
        "trainings": sum(each.trainings for each in outcomes) / len(outcomes),
        "unshared_s": round(alone_s + students * costs.box_s / workers),
    }
    (RESULTS / "capacity.json").write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers or [10_000, 100]))

"""What the benchmark says without measuring: its class, its limit, and its model of a large one."""

from __future__ import annotations

import ast

import pytest

from bench.capacity import Costs, model, simulate
from bench.classroom import class_of
from bench.machine import Roofline
from bench.table import Row

CLASSES = [(60, 2), (300, 4), (1000, 10), (1000, 100), (10_000, 20), (10_000, 100)]


def test_the_class_has_the_proportions_that_were_found() -> None:
    """Of 119 files 10 are broken, 33 have two convolutions, 6 use Fashion-MNIST."""
    files = class_of(60, 3200)
    trained = [file._replace(comment="") for file in files if file.trains]
    popular = sorted(map(trained.count, set(trained)))[-3:]

    assert len(files) == len({file.source for file in files}) == 60
    assert sum(file.broken for file in files) == 5
    assert sum(file.second_conv for file in files) == 17
    assert sum(file.dataset == "fashion_mnist" for file in files) == 3
    assert sum(popular) == len(trained) // 2
    assert len(set(trained)) == round(len(trained) * 45 / 107)
    assert files == class_of(60, 3200)


def test_only_broken_files_do_not_compile() -> None:
    """The files are what students write."""
    for file in class_of(60, 3200):
        if file.broken:
            with pytest.raises(SyntaxError):
                ast.parse(file.source)
        else:
            ast.parse(file.source)


@pytest.mark.parametrize(("students", "workers"), CLASSES)
@pytest.mark.parametrize("run_s", [60.0, 320.0])
def test_the_model_agrees_with_the_simulation(students: int, workers: int, run_s: float) -> None:
    """Within 15 %, over three orders of magnitude."""
    costs = Costs(box_s=4.0, run_s=run_s)
    simulated_s = [simulate(students, workers, costs, seed).all_s for seed in range(10)]

    assert model(students, workers, costs) == pytest.approx(sum(simulated_s) / 10, rel=0.15)


def test_trainings_grow_slower_than_a_class() -> None:
    """As many different ones as were counted, and far fewer than students."""
    costs = Costs(box_s=4.0, run_s=60.0, trained=1.0)
    of_107, of_10_000 = (
        sum(simulate(students, 10, costs, seed).trainings for seed in range(20)) / 20
        for students in (107, 10_000)
    )

    assert of_107 == pytest.approx(45, abs=4)
    assert of_10_000 < 500


def test_the_limit_of_an_epoch() -> None:
    """Ten million operations an image, and forty megabytes a step."""
    only_flops = Roofline(flops_per_s=1e9, bytes_per_s=1e30)
    only_bytes = Roofline(flops_per_s=1e30, bytes_per_s=1e9)

    assert only_flops.epoch_s(1000) == pytest.approx(9.87, rel=0.01)
    assert only_bytes.epoch_s(32) == pytest.approx(0.0388, rel=0.01)


def test_a_target_holds_or_not() -> None:
    """At least and at most mean what they say."""
    assert Row("a", 1.5, "x", 1.5, "at least", "").holds
    assert not Row("a", 1.4, "x", 1.5, "at least", "").holds
    assert Row("a", 1.0, "s", 1.0, "at most", "").holds
    assert not Row("a", 1.1, "s", 1.0, "at most", "").holds

"""The store of runs: what is kept, what is given up first, and whose a claim is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from grader.database import Database
from grader.protocol import Epoch, EpochEnded, Frame
from grader.runs import RunStore
from grader.runs.store import CLAIM_S

Open = Callable[..., RunStore]


class Clock:
    """A clock that a test moves."""

    now_s = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """Return a clock that all stores of a test go by."""
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Open:
    """Return what opens the store as another worker does."""

    def opened(max_bytes: int = 1 << 20) -> RunStore:
        return RunStore(Database(f"sqlite:///{tmp_path}/runs.sqlite", clock), max_bytes)

    return opened


def result(number: int = 0, size: int = 10) -> Frame[Any]:
    """Return an epoch with arrays of this size."""
    epoch = Epoch(number=number, right=1, images=2, loss=0.5, logs={"loss": 0.5})
    return Frame(EpochEnded(epoch=epoch, last=False), bytes([number]) * size)


def kept(store: RunStore, keys: str) -> str:
    """Say which keys have arrays, without using them."""
    with store._database.reading() as connection:
        rows = connection.execute(
            text("SELECT key FROM run_results WHERE arrays IS NOT NULL ORDER BY key")
        ).scalars()
        return "".join(key for key in rows if key in keys)


def fill(store: RunStore, clock: Clock, keys: str, size: int = 10) -> None:
    """Put a result under each key, one second after another."""
    for number, key in enumerate(keys):
        clock.now_s += 1
        store.put(key, result(number, size))


def test_a_result_comes_back_as_it_was(opened: Open, clock: Clock) -> None:
    """With its age, to every worker; other keys are other results."""
    store = opened()
    fill(store, clock, "ab")
    clock.now_s += 30
    found = opened().get("a")

    assert found is not None
    assert (found.frame, found.age_s) == (result(0), 31)
    assert store.get("b") is not None
    assert store.get("c") is None


def test_a_result_is_never_younger_than_new(opened: Open, clock: Clock) -> None:
    """Whatever a clock does meanwhile."""
    store = opened()
    store.put("a", result())
    new = store.get("a")
    clock.now_s -= 7
    earlier = store.get("a")

    assert new is not None
    assert earlier is not None
    assert (new.age_s, earlier.age_s) == (0, 0)


def test_a_result_that_is_put_again_is_as_old_as_it_was(opened: Open, clock: Clock) -> None:
    """Two workers may train the same at once; the first one made it, the last one counts."""
    store = opened()
    store.put("a", result(0))
    store.put("b", result(1))
    clock.now_s += 30
    store.put("a", result(2, size=5))
    found, other = store.get("a"), store.get("b")

    assert found is not None
    assert other is not None
    assert (found.frame, found.age_s) == (result(2, size=5), 30)
    assert other.frame == result(1)


def test_what_was_not_used_for_longest_is_given_up(opened: Open, clock: Clock) -> None:
    """Only as much as has to be, and what was used meanwhile stays."""
    store = opened(max_bytes=30)
    fill(store, clock, "cba")
    full = kept(store, "abcd")
    clock.now_s += 1
    store.get("c")
    fill(store, clock, "d")

    assert full == "abc"
    assert kept(store, "abcd") == "acd"
    assert store.get("b") is None
    assert store.get("c") is not None


def test_room_is_counted_in_bytes(opened: Open, clock: Clock) -> None:
    """A large result takes the room of several, and what has no room itself is not kept."""
    store = opened(max_bytes=30)
    fill(store, clock, "abc")
    fill(store, clock, "d", size=20)
    large = kept(store, "abcde")
    fill(store, clock, "e", size=31)

    assert large == "cd"
    assert kept(store, "abcde") == ""

    # What was given up takes no room any more.
    fill(store, clock, "abc")

    assert kept(store, "abcde") == "abc"


def test_a_store_without_room_keeps_nothing(opened: Open) -> None:
    """And fails nobody."""
    store = opened(max_bytes=0)
    store.put("a", result(size=0))
    weightless = store.get("a")
    store.put("b", result(size=1))

    assert weightless is not None
    assert store.get("b") is None


def test_what_begins_so_is_dropped(opened: Open, clock: Clock) -> None:
    """And nothing else is."""
    store = opened()
    fill(store, clock, "ab")
    store.put("ax", result())
    store.drop("a")

    assert [store.get(key) is None for key in ("a", "ax", "b")] == [True, True, False]


def test_a_claim_is_one_workers(opened: Open) -> None:
    """Of one key; nobody else releases it."""
    first, second = opened(), opened()

    assert (first.claim("a"), second.claim("a"), first.claim("a")) == (True, False, False)
    assert second.claim("b")

    second.release("a")
    first.release("b")

    assert (second.claim("a"), first.claim("b")) == (False, False)

    first.release("a")

    assert (second.claim("a"), first.claim("b")) == (True, False)


def test_a_claim_ends_to_the_second(opened: Open, clock: Clock) -> None:
    """One that is not renewed is anybody's, and others' claims are left alone."""
    first, second = opened(), opened()
    first.claim("a")
    clock.now_s += CLAIM_S / 2
    first.claim("b")
    clock.now_s += CLAIM_S / 2 - 0.5
    early = second.claim("a")
    clock.now_s += 0.5

    assert (early, second.claim("a"), second.claim("b")) == (False, True, False)


def test_a_claim_is_renewed_by_who_holds_it(opened: Open, clock: Clock) -> None:
    """That one, for as long as at first, and no other's."""
    first, second = opened(), opened()
    first.claim("a")
    first.claim("b")
    clock.now_s += CLAIM_S - 1
    first.renew("a")
    second.renew("b")
    clock.now_s += 1
    others = second.claim("b")
    clock.now_s += CLAIM_S - 2

    assert (others, second.claim("a")) == (True, False)

    clock.now_s += 1

    assert second.claim("a")


def test_a_worker_that_died_holds_up_others_for_minutes_at_most() -> None:
    """Long enough to miss a few renewals."""
    assert 20 <= CLAIM_S <= 300

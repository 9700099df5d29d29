"""Mistakes in loops over pictures are said where they are made, and not where they only seem so."""

from __future__ import annotations

import textwrap

import pytest

from grader import hints
from grader.model.rubric import Definition
from grader.model.source import Cell, SourceFacts

CONVOLVE = Definition(name="convolve", arguments="image, filter, weight=1", returns="a picture")
POOL = Definition(name="max_pool", arguments="image", returns="a picture")


def read(text: str) -> SourceFacts:
    """Return a source as checks have it."""
    return SourceFacts(text=textwrap.dedent(text))


ENDLESS = {
    "a counter that does not count": (
        """
        def f(image, filter):
            x = 1
            while x < 9:
                out[x, 0] = image[x, 0]
        """,
        "The `while` (line 4) never ends: nothing in it changes `x`.",
    ),
    "the other counter counts": (
        """
        def f(image, filter):
            while x < width:
                y += 1
        """,
        "The `while` (line 3) never ends: nothing in it changes `width` or `x`.",
    ),
    "up to the size of a picture": (
        """
        while x < image.shape[0] - 1:
            y += 1
        """,
        "The `while` (line 2) never ends: nothing in it changes `x`.",
    ),
    "for ever": (
        """
        while True:
            pass
        """,
        "The `while` (line 2) never ends: nothing in it breaks out of it.",
    ),
    "one": ("while 1: x = 1", "The `while` (line 1) never ends: nothing in it breaks out of it."),
    "a flag that is not lowered": (
        """
        def f():
            busy = True
            while busy:
                x = 1
        """,
        "The `while` (line 4) never ends: nothing in it changes `busy`.",
    ),
    "behind loops that end": (
        """
        while x < 5:
            x += 1
        while x < 7:
            for y in range(3):
                z = y
        """,
        "The `while` (line 4) never ends: nothing in it changes `x`.",
    ),
}
ENDING = {
    "counts": "while x < 5: x += 1",
    "unpacks": "while x < 5: x, y = y, x",
    "loops with it": "while x < 5:\n    for x in range(9): pass",
    "breaks": "while True:\n    if x: break",
    "returns": "def f():\n    while True: return 1",
    "raises": "while True: raise StopIteration",
    "yields": "def f():\n    while True: yield 1",
    "yields from": "def f():\n    while True: yield from x",
    "shrinks": "while rows: rows.pop()",
    "shrinks by a function": "while not empty: shrink(empty)",
    "shrinks by index": "while rows: del rows[0]",
    "is in": "while 0 in rows: rows.remove(0)",
    "is equal": "while rows != []: rows.pop()",
    "asks": "while more(): pass",
    "asks an object": "while self.more: pass",
    "asks a list": "while rows[0]: pass",
    "takes": "while (x := 0): pass",
    "ends by an error": "try:\n    while True: next(rows)\nexcept StopIteration: pass",
    "another function changes it": "def f():\n    global x\n    x = 9\nwhile x < 5: f()",
    "is not run": "if __name__ == '__main__':\n    while True: pass",
    "is a for": "for x in rows: pass",
    "is no Python": "while True pass",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_loop_without_an_end_is_named(name: str) -> None:
    """With its line, and what does not change."""
    text, said = ENDLESS[name]

    assert hints.endless_loop(read(text), "f" if "def f" in text else "") == said


TWO = """
def first(image):
    return helper(image)

def second(image):
    while True:
        image = image + 1

def helper(image):
    x = 1
    while x < 5:
        y = x

third = wrapped(second)
class Class:
    def method(self):
        while 1:
            pass
fourth = Class.method
"""


@pytest.mark.parametrize(
    ("function", "line"), [("first", 11), ("second", 6), ("third", 6), ("fourth", 17), ("", 17)]
)
def test_a_loop_is_named_only_where_it_is_run(function: str, line: int) -> None:
    """In the function that did not end, in what it calls, or in what loads the file."""
    said = hints.endless_loop(SourceFacts(text=TWO), function)

    assert said.startswith(f"The `while` (line {line}) never ends")


@pytest.mark.parametrize("function", ["", "third", "missing"])
def test_a_loop_in_another_function_is_not_named(function: str) -> None:
    """Which did not run."""
    text = "def first():\n    while True: pass\ndef third(): second()\ndef second(): pass"

    assert hints.endless_loop(SourceFacts(text=text), function) == ""


@pytest.mark.parametrize("name", ENDING)
def test_a_loop_that_may_end_is_not_called_endless(name: str) -> None:
    """In doubt nothing is said."""
    assert hints.endless_loop(read(ENDING[name]), "f" if "def f" in ENDING[name] else "") == ""
    assert hints.endless_loop(read(ENDING[name])) == ""


CHANGED = {
    "writes": (
        "def f(image):\n    image[0, 0] = 1",
        (
            "`image`, which the function was given, is written to (line 2): work on a copy,"
            " `np.copy(image)`."
        ),
    ),
    "adds": (
        "def f(image):\n    image[0][0] += 1",
        (
            "`image`, which the function was given, is written to (line 2): work on a copy,"
            " `np.copy(image)`."
        ),
    ),
    "writes in a loop, in a keyword-less signature": (
        "def f(image, /, filter):\n    for x in y:\n        image[x] = 0",
        (
            "`image`, which the function was given, is written to (line 3): work on a copy,"
            " `np.copy(image)`."
        ),
    ),
    "by a second name": (
        "def f(image):\n    out = image\n    out[0] = 1",
        ("`out = image` (line 2) makes no copy, only a second name: write `out = np.copy(image)`."),
    ),
    "by a third name": (
        "def f(image):\n    a = image\n    b = a\n    b[0] = 1",
        "`b = a` (line 3) makes no copy, only a second name: write `b = np.copy(a)`.",
    ),
    "multiplies all of it": (
        "def f(image, filter, weight=1):\n    weight *= 2\n    filter *= weight",
        (
            "`filter`, which the function was given, is written to (line 3): work on a copy,"
            " `np.copy(filter)`."
        ),
    ),
    "the last definition counts": (
        "def f(i):\n    pass\ndef f(image):\n    image[0] = 1",
        (
            "`image`, which the function was given, is written to (line 4): work on a copy,"
            " `np.copy(image)`."
        ),
    ),
}
UNCHANGED = {
    "a copy": "def f(image):\n    image = np.copy(image)\n    image[0] = 1",
    "a copy under another name": "def f(image):\n    out = image.copy()\n    out[0] = 1",
    "a second name that is given up": (
        "def f(image):\n    out = image\n    out = np.copy(out)\n    out[0] = 1"
    ),
    "two names for a copy": "def f(image):\n    out = image = np.copy(image)\n    image[0] = 1",
    "a number": "def f(image, weight=1):\n    weight += 1",
    "bound by with": "def f(image):\n    with copy(image) as image:\n        image[0] = 1",
    "another function": "def g(image):\n    image[0] = 1",
    "no arguments": "def f():\n    image[0] = 1",
    "only read": "def f(image):\n    out[0] = image[0]",
    "bound in a loop": "def f(image):\n    for image in copies:\n        image[0] = 1",
    "bound in a pair": "def f(image):\n    image, n = image.copy(), 1\n    image[0] = 1",
    "bound with a type": "def f(image):\n    image: int = image.copy()\n    image[0] = 1",
    "in a function of its own": (
        "def f(image):\n    def g(image):\n        image[0] = 1\n    return g(image.copy())"
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_the_line_that_writes_to_an_argument_is_named(name: str) -> None:
    """Or the one that gives it a second name."""
    text, said = CHANGED[name]

    assert hints.changed_argument(SourceFacts(text=text), "f") == said


@pytest.mark.parametrize("name", UNCHANGED)
def test_what_writes_to_something_else_is_not_blamed(name: str) -> None:
    """A copy may bear the name of the argument."""
    assert hints.changed_argument(SourceFacts(text=UNCHANGED[name]), "f") == ""


FILTERS = """
for x in range(1, size_x - 1):
    for y in range(1, size_y - 1):
        total = i[x - 1, y - 1] * filter[0][0]
        t[x, y] = total
"""
POOLS = """
for x in range(0, size_x, 2):
    for y in range(0, size_y, 2):
        n[x // 2, y // 2] = max(t[x, y], t[x + 1, y])
"""
SORTS = """
for x in range(0, size_x, 2):
    for y in range(0, size_y, 2):
        pixels = [t[x, y], t[x + 1, y]]
        pixels.sort(reverse=True)
        n[int(x / 2), int(y / 2)] = pixels[0]
"""


def test_loops_outside_of_functions_are_to_be_wrapped() -> None:
    """Each under the head of its function, with its picture and its result."""
    said = hints.loops_to_wrap(SourceFacts(text=FILTERS + POOLS), [CONVOLVE, POOL])

    assert said == (
        "Put the loops over the picture (lines 2 to 5), and what makes `t` before them, under"
        " `def convolve(image, filter, weight=1):`, write `image` for `i`, and end it with"
        " `return t`. Put the loops over the picture (lines 7 to 9), and what makes `n` before"
        " them, under `def max_pool(image):`, write `image` for `t`, and end it with `return n`."
    )


@pytest.mark.parametrize("pools", [POOLS, SORTS, POOLS.replace("max(", "np.maximum(")])
def test_only_what_is_missing_is_to_be_wrapped(pools: str) -> None:
    """Who has one function is told of the other."""
    both = SourceFacts(text=FILTERS + pools)

    assert "def convolve" not in hints.loops_to_wrap(both, [POOL])
    assert "def max_pool(image):" in hints.loops_to_wrap(both, [POOL])
    assert "def max_pool" not in hints.loops_to_wrap(both, [CONVOLVE])
    assert hints.loops_to_wrap(both, []) == ""


def test_a_picture_that_bears_the_name_of_the_argument_keeps_it() -> None:
    """Nothing is to be renamed then."""
    said = hints.loops_to_wrap(SourceFacts(text=FILTERS.replace("i[x", "image[x")), [CONVOLVE])

    assert "write `image`" not in said
    assert "`return t`" in said


def test_loops_in_a_notebook_stand_in_cells() -> None:
    """As with every place."""
    cells = (Cell(1, 1, 1), Cell(2, 2, 2))
    said = hints.loops_to_wrap(SourceFacts(text=FILTERS, cells=cells), [CONVOLVE])

    assert "(cell 2, line 1)" in said


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "for x in range(3): print(x)",
        "for x in range(3):\n    for y in range(3): print(x, y)",
        "for x in range(3): t[x] = 1",
        "def convolution(i):\n" + textwrap.indent(FILTERS, "    "),
        POOLS,
    ],
)
def test_other_loops_are_left_alone(text: str) -> None:
    """Those that write to no array, that stand in a function, or that pool."""
    assert hints.loops_to_wrap(SourceFacts(text=text), [CONVOLVE]) == ""

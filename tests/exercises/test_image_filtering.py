"""The lesson's loops as functions: right ones pass in every style, and each mistake gets its name.

The functions are called here as a box calls them; that boxes do so is tested in `tests/kinds`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.exercises import load_exercise
from grader.exercises.image_filtering import mistakes
from grader.exercises.image_filtering.checks import (
    CONVOLVE,
    POOL,
    blame_of_pooling,
    blame_of_sizes,
    pictures,
    same_grey,
)
from grader.exercises.image_filtering.plan import FILTERS, HEIGHT, PICTURE, WIDTH, plan
from grader.grading.grade import Judge
from grader.harness import calls as boxed
from grader.kinds.calls import CallsEvidence, Made, Planned
from grader.model.report import CheckResult, Status, Verdict
from grader.preflight import read_source
from grader.protocol import Raised
from reference import filter_image_loops, pool_image_loops

EXERCISE = load_exercise("image-filtering")
RUBRIC = EXERCISE.rubric
CALLS = plan(np.random.default_rng(7), {})

CONVOLVE_LOOPS = """
import numpy as np

def convolve(image, filter, weight=1):
    out = np.copy(image)
    for x in range(1, image.shape[0] - 1):
        for y in range(1, image.shape[1] - 1):
            total = 0.0
            for a in range(3):
                for b in range(3):
                    total += image[x + a - 1, y + b - 1] * filter[b][a]
            total = total * weight
            if total < 0:
                total = 0
            if total > 255:
                total = 255
            out[x, y] = total
    return out
"""
POOL_LOOPS = """
import numpy as np

def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns), image.dtype)
    for x in range(rows):
        for y in range(columns):
            out[x, y] = max(
                image[2 * x, 2 * y], image[2 * x + 1, 2 * y],
                image[2 * x, 2 * y + 1], image[2 * x + 1, 2 * y + 1],
            )
    return out
"""
WITH_SCIPY = """
import numpy as np
from scipy.signal import correlate2d

def convolve(image, filter, weight=1):
    sums = weight * correlate2d(image, np.transpose(filter), mode="same")
    out = image.copy()
    out[1:-1, 1:-1] = np.clip(sums, 0, 255)[1:-1, 1:-1]
    return out
"""
WITH_ROLLS = """
import numpy as np

def convolve(image, filter, weight=1):
    total = np.zeros(image.shape)
    for a in range(3):
        for b in range(3):
            total += np.roll(image, (1 - a, 1 - b), (0, 1)).astype(float) * filter[b][a]
    total = np.clip(total * weight, 0, 255)
    out = np.array(image)
    out[1:-1, 1:-1] = total[1:-1, 1:-1]
    return out
"""
ROUNDED = WITH_SCIPY.replace("np.clip(sums, 0, 255)", "np.clip(sums, 0, 255).round()").replace(
    ".round()[1:-1, 1:-1]",
    "[1:-1, 1:-1].round() if image.dtype.kind != 'f' else np.clip(sums, 0, 255)[1:-1, 1:-1]",
)
RESHAPED = """
def max_pool(image):
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    return image[:rows * 2, :columns * 2].reshape(rows, 2, columns, 2).max((1, 3))
"""
SLICED = """
import numpy as np

def max_pool(image):
    image = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
    return np.maximum(np.maximum(image[::2, ::2], image[1::2, ::2]),
                      np.maximum(image[::2, 1::2], image[1::2, 1::2]))
"""
AS_THE_LESSON = """
import numpy as np

def max_pool(image):
    new_x = int(image.shape[0] / 2)
    new_y = int(image.shape[1] / 2)
    new_image = np.zeros((new_x, new_y))
    for x in range(0, image.shape[0] - 1, 2):
        for y in range(0, image.shape[1] - 1, 2):
            pixels = []
            pixels.append(image[x, y])
            pixels.append(image[x + 1, y])
            pixels.append(image[x, y + 1])
            pixels.append(image[x + 1, y + 1])
            pixels.sort(reverse=True)
            new_image[int(x / 2), int(y / 2)] = pixels[0]
    return new_image
"""


def evidence_of(source: str) -> CallsEvidence:
    """Call what a source defines, as a box does."""
    names: dict[str, Any] = {}
    read = read_source(source.encode(), RUBRIC.names, "solution.py")
    exec(compile(source, "solution.py", "exec"), names)  # noqa: S102 - samples of our own
    missing = tuple(name for name in RUBRIC.names if not callable(names.get(name)))
    made = [_made(names, planned) for planned in CALLS if planned.function not in missing]
    return CallsEvidence(source=read, missing=missing, plan=tuple(CALLS), made=tuple(made))


def _made(names: Mapping[str, Any], planned: Planned) -> Made:
    given = [array.copy() for array in planned.arrays]
    try:
        result = names[planned.function](*given, *planned.numbers)
    except Exception as error:  # noqa: BLE001 - as a box does
        return Made(planned, raised=Raised(type(error).__name__, str(error), "call"))
    changed = any(not np.array_equal(a, b) for a, b in zip(given, planned.arrays, strict=True))
    return Made(
        planned,
        returned=boxed._described(result),
        result=boxed._numbers(result),
        has_changed=changed,
    )


def results_of(source: str) -> dict[str, CheckResult]:
    """Judge a source, check by check."""
    judged = Judge(EXERCISE).results(evidence_of(source))
    return {result.id: result for result in judged}


def verdict_of(source: str) -> Verdict:
    """Judge a source as a whole."""
    evidence, judge = evidence_of(source), Judge(EXERCISE)
    return judge.verdict(evidence, judge.results(evidence))


def test_the_points_are_those_of_a_lesson() -> None:
    """A hundred in all, for each property of each function."""
    assert RUBRIC.max_score == 100
    assert [check.id for check in RUBRIC.checks] == [
        check.__name__ for check in EXERCISE.checks.values()
    ]
    assert RUBRIC.kind == "calls"


@pytest.mark.parametrize("convolve", [CONVOLVE_LOOPS, WITH_SCIPY, WITH_ROLLS, ROUNDED])
@pytest.mark.parametrize("pool", [POOL_LOOPS, RESHAPED, SLICED, AS_THE_LESSON])
def test_every_style_passes_with_all_points(convolve: str, pool: str) -> None:
    """Loops, NumPy and SciPy all count."""
    results = results_of(convolve + pool)

    assert {result.status for result in results.values()} == {Status.PASSED}, results
    assert sum(result.points for result in results.values()) == 100
    assert verdict_of(convolve + pool) is Verdict.PASSED


def changed(source: str, *pairs: tuple[str, str]) -> str:
    """Replace parts of a source, each of which must be there."""
    for old, new in pairs:
        assert old in source, old
        source = source.replace(old, new)
    return source


LIMITS = """            if total < 0:
                total = 0
            if total > 255:
                total = 255
"""
SCIPY_SUM = 'correlate2d(image, np.transpose(filter), mode="same")'
WRONG_CONVOLUTIONS = {
    "rows and columns": (
        changed(CONVOLVE_LOOPS, ("filter[b][a]", "filter[a][b]")),
        "values",
        "rows and columns exchanged",
    ),
    "scipy without transposing": (
        changed(WITH_SCIPY, ("np.transpose(filter)", "filter")),
        "values",
        "rows and columns exchanged",
    ),
    "flipped": (
        changed(
            WITH_SCIPY, ("import correlate2d", "import convolve2d"), ("correlate2d(", "convolve2d(")
        ),
        "values",
        "half a turn",
    ),
    "flipped without transposing": (
        changed(
            WITH_SCIPY,
            ("import correlate2d", "import convolve2d"),
            ("correlate2d(", "convolve2d("),
            ("np.transpose(filter)", "filter"),
        ),
        "values",
        "half a turn",
    ),
    "margin black": (
        changed(CONVOLVE_LOOPS, ("np.copy(image)", "np.zeros_like(image)")),
        "values",
        "margin is black",
    ),
    "margin lost": (
        changed(WITH_SCIPY, ("return out", "return out[1:-1, 1:-1]")),
        "shape",
        "margin is lost",
    ),
    "margin computed": (
        changed(
            WITH_SCIPY, ("    return out", "    return np.clip(sums, 0, 255).astype(image.dtype)")
        ),
        "values",
        "margin is filtered as well",
    ),
    "margin mirrored": (
        changed(
            WITH_SCIPY,
            ('mode="same"', 'mode="same", boundary="symm"'),
            ("    return out", "    return np.clip(sums, 0, 255).astype(image.dtype)"),
        ),
        "values",
        "mirrored",
    ),
    "loops too short": (
        changed(CONVOLVE_LOOPS, ("shape[0] - 1", "shape[0] - 2"), ("shape[1] - 1", "shape[1] - 2")),
        "values",
        "one pixel too early",
    ),
    "no limits": (
        changed(
            CONVOLVE_LOOPS,
            (LIMITS, ""),
            ("np.copy(image)", "image.astype(image.dtype if image.dtype != np.uint8 else int)"),
        ),
        "values",
        "not limited",
    ),
    "no limits, and bytes wrap": (
        changed(
            CONVOLVE_LOOPS,
            (LIMITS, ""),
            (
                "out[x, y] = total",
                "out[x, y] = np.int64(total) if image.dtype.kind != 'f' else total",
            ),
        ),
        "values",
        "not limited",
    ),
    "only below": (
        changed(
            WITH_SCIPY,
            ("np.clip(sums, 0, 255)", "np.maximum(sums, 0)"),
            ("image.copy()", "image.astype(image.dtype if image.dtype != np.uint8 else int)"),
        ),
        "values",
        "above 255",
    ),
    "only above": (
        changed(
            WITH_SCIPY,
            ("np.clip(sums, 0, 255)", "np.minimum(sums, 255)"),
            ("image.copy()", "image.astype(image.dtype if image.dtype != np.uint8 else int)"),
        ),
        "values",
        "below 0",
    ),
    "absolute": (
        changed(WITH_SCIPY, ("np.clip(sums, 0, 255)", "np.clip(np.abs(sums), 0, 255)")),
        "values",
        "sign",
    ),
    "weight not used": (
        changed(CONVOLVE_LOOPS, ("total = total * weight", "pass")),
        "values",
        "`weight` is not used",
    ),
    "weight too late": (
        changed(
            CONVOLVE_LOOPS,
            ("            total = total * weight\n", ""),
            ("out[x, y] = total", "out[x, y] = total * weight"),
            ("np.copy(image)", "image.astype(image.dtype if image.dtype != np.uint8 else int)"),
        ),
        "values",
        "`weight` comes too late",
    ),
    "weight divides": (
        changed(CONVOLVE_LOOPS, ("total * weight", "total / weight")),
        "values",
        "divided by `weight`",
    ),
    "bytes wrap": (
        changed(
            WITH_ROLLS,
            (
                "total = np.clip(total * weight, 0, 255)",
                (
                    "total = np.trunc(total * weight) % 256 if image.dtype == np.uint8"
                    " else np.clip(total * weight, 0, 255)"
                ),
            ),
        ),
        "values",
        "wrap around",
    ),
    "comes back as it was": (
        "def convolve(image, filter, weight=1):\n    return image.copy()\n",
        "values",
        "comes back as it was",
    ),
    "two at once": (
        changed(
            CONVOLVE_LOOPS,
            ("filter[b][a]", "filter[a][b]"),
            ("np.copy(image)", "np.zeros_like(image)"),
        ),
        "values",
        "margin is black",
    ),
    "only square": (
        changed(CONVOLVE_LOOPS, ("shape[1] - 1", "shape[0] - 1")),
        "runs",
        "Only square pictures",
    ),
    "weight has no default": (
        changed(CONVOLVE_LOOPS, ("weight=1", "weight")),
        "runs",
        "`def convolve(image, filter, weight=1):`",
    ),
    "weight is not taken": (
        changed(CONVOLVE_LOOPS, (", weight=1", ""), ("total * weight", "total")),
        "runs",
        "`def convolve(image, filter, weight=1):`",
    ),
    "prints": (changed(CONVOLVE_LOOPS, ("return out", "print(out.shape)")), "runs", "`return`"),
    "gives a list": (
        changed(CONVOLVE_LOOPS, ("return out", "return out.tolist()")),
        "type",
        "copy",
    ),
    "gives floats": (
        changed(CONVOLVE_LOOPS, ("return out", "return out.astype(float)")),
        "type",
        "astype(image.dtype)",
    ),
}
WRONG_POOLINGS = {
    "average": (changed(RESHAPED, (".max(", ".mean(")), "values", "average"),
    "smallest": (changed(RESHAPED, (".max(", ".min(")), "values", "smallest"),
    "sum": (changed(RESHAPED, (".max(", ".sum(")), "values", "adds up"),
    "first": (
        "def max_pool(image):\n    r, c = image.shape\n    return image[:r//2*2:2, :c//2*2:2]\n",
        "values",
        "first pixel",
    ),
    "one by one": (
        (
            "import numpy as np\ndef max_pool(image):\n"
            "    a = np.maximum(image[:-1], image[1:])\n"
            "    return np.maximum(a[:, :-1], a[:, 1:])\n"
        ),
        "shape",
        "one pixel at a time",
    ),
    "begins at zero": (
        "import numpy as np\n"
        + changed(
            RESHAPED, ("return ", "return np.maximum(0, "), (".max((1, 3))", ".max((1, 3)))")
        ),
        "values",
        "begins at 0",
    ),
    "keeps the rest": (
        (
            "import numpy as np\ndef max_pool(image):\n"
            "    r, c = -(-image.shape[0] // 2), -(-image.shape[1] // 2)\n"
            "    return np.array([[image[2*x:2*x+2, 2*y:2*y+2].max() for y in range(c)]"
            " for x in range(r)], image.dtype)\n"
        ),
        "shape",
        "odd size",
    ),
    "exchanged": (changed(RESHAPED, (".max((1, 3))", ".max((1, 3)).T")), "shape", "exchanged"),
    "three by three": (
        changed(
            RESHAPED,
            ("// 2", "// 3"),
            ("* 2", "* 3"),
            ("rows, 2, columns, 2", "rows, 3, columns, 3"),
        ),
        "shape",
        "3 x 3",
    ),
    "odd sizes": (
        changed(RESHAPED, ("image[:rows * 2, :columns * 2]", "image")),
        "runs",
        "Only odd sizes",
    ),
    "only square": (
        changed(POOL_LOOPS, ("image.shape[1] // 2", "image.shape[0] // 2")),
        "runs",
        "Only square pictures",
    ),
    "bytes": (
        changed(RESHAPED, (".max((1, 3))", ".max((1, 3)).astype('uint8')")),
        "type",
        "image.dtype",
    ),
}


@pytest.mark.parametrize("name", WRONG_CONVOLUTIONS)
def test_a_mistake_in_a_convolution_has_its_name(name: str) -> None:
    """The first property that does not hold says what to do about it; pooling keeps its points."""
    source, prop, words = WRONG_CONVOLUTIONS[name]
    results = results_of(source + POOL_LOOPS)
    result = results[f"convolve_{prop}"]

    assert result.status is Status.FAILED
    assert words in result.help, result
    assert result.points == 0
    assert {results[f"pool_{each}"].status for each in PROPERTIES} == {Status.PASSED}
    for before in PROPERTIES[: PROPERTIES.index(prop)]:
        # Values without limits do not fit into bytes.
        if before != "type" or "np.uint8 else int" not in source:
            assert results[f"convolve_{before}"].status is Status.PASSED
    if prop != "type":
        assert verdict_of(source + POOL_LOOPS) is Verdict.FAILED


@pytest.mark.parametrize("name", WRONG_POOLINGS)
def test_a_mistake_in_a_pooling_has_its_name(name: str) -> None:
    """As with convolutions."""
    source, prop, words = WRONG_POOLINGS[name]
    results = results_of(CONVOLVE_LOOPS + source)
    result = results[f"pool_{prop}"]

    assert result.status is Status.FAILED
    assert words in result.help, result
    assert {results[f"convolve_{each}"].status for each in PROPERTIES} == {Status.PASSED}
    assert verdict_of(CONVOLVE_LOOPS + source) is Verdict.FAILED


PROPERTIES = ("runs", "type", "shape", "values")


@pytest.mark.parametrize("mistake", mistakes.of_convolve(), ids=lambda mistake: mistake.help[:40])
def test_no_mistake_of_a_convolution_is_right(mistake: Any) -> None:
    """Each shows in some call, so that nobody who is right is told of it."""
    assert _shows(CONVOLVE, mistake)


@pytest.mark.parametrize("mistake", mistakes.of_max_pool(), ids=lambda mistake: mistake.help[:40])
def test_no_mistake_of_a_pooling_is_right(mistake: Any) -> None:
    """As with convolutions."""
    assert _shows(POOL, mistake)


def _shows(expectation: Any, mistake: Any) -> bool:
    for planned in CALLS:
        if planned.function == expectation.function:
            expected, got = expectation.result(planned), mistake.result(planned)
            if expected.shape != got.shape or not same_grey(planned, expected, got).all():
                return True
    return False


@pytest.mark.parametrize("seed", range(20))
def test_every_plan_tells_the_mistakes_apart(seed: int) -> None:
    """Whatever is drawn, a right function passes, and the ways to read a filter differ."""
    drawn = plan(np.random.default_rng(seed), {})
    functions: dict[str, Any] = {"convolve": filter_image_loops, "max_pool": pool_image_loops}
    for planned in drawn:
        expectation = {"convolve": CONVOLVE, "max_pool": POOL}[planned.function]
        got = functions[planned.function](*planned.arrays, *planned.numbers)
        assert same_grey(planned, expectation.result(planned), got).all(), planned.title
    for single in mistakes.of_convolve()[:20]:
        assert (
            any(
                not same_grey(planned, CONVOLVE.result(planned), single.result(planned)).all()
                for planned in drawn
                if planned.function == "convolve"
                and single.result(planned).shape == CONVOLVE.result(planned).shape
            )
            or "lost" in single.help
        )


def test_a_plan_has_every_kind_of_picture() -> None:
    """Tiny, odd, not square, of each type, negative; three filters; other weights than 1."""
    convolutions = [each for each in CALLS if each.function == "convolve"]
    shapes = [each.arrays[0].shape for each in CALLS]
    taps = [each.arrays[1].tolist() for each in convolutions]

    assert (3, 3) in shapes
    assert any(h % 2 and w % 2 for h, w in shapes)
    assert any(h > w for h, w in shapes)
    assert any(w > h for h, w in shapes)
    assert {each.arrays[0].dtype.name for each in CALLS} == {"int64", "uint8", "float64"}
    assert all([list(row) for row in lesson] in taps for lesson in FILTERS.values())
    assert {each.numbers for each in convolutions} >= {(), (0.5,), (2,)}
    assert any(each.arrays[0].min() < 0 for each in CALLS if each.function == "max_pool")


def test_a_plan_takes_a_part_of_a_picture_at_a_place_that_nobody_knows() -> None:
    """Of a small picture it takes what there is."""
    picture = np.arange(512 * 512).reshape(512, 512) % 251
    parts = {
        plan(np.random.default_rng(seed), {"ascent": picture})[0].arrays[0].tobytes()
        for seed in range(5)
    }
    small = plan(np.random.default_rng(0), {"small": picture[:20, :30]})[0].arrays[0]

    assert len(parts) == 5
    assert plan(np.random.default_rng(0), {"a": picture})[0].arrays[0].shape == (HEIGHT, WIDTH)
    assert small.shape == (20, 30)


def test_two_plans_differ() -> None:
    """A table of answers is of no use."""
    first, second = (plan(np.random.default_rng(seed), {}) for seed in (1, 2))

    assert not any(
        one.arrays[0].shape == other.arrays[0].shape
        and np.array_equal(one.arrays[0], other.arrays[0])
        for one in first
        for other in second
    )


def test_fractions_may_be_dropped_rounded_or_kept_but_not_more() -> None:
    """In a picture of whole numbers; one of floats keeps them."""
    image, taps = np.full((3, 3), 100), np.zeros((3, 3), int)
    whole = Planned("convolve", "", (image, taps), (0.5,))
    floats = Planned("convolve", "", (image.astype(float), taps), (0.5,))

    def right(planned: Planned, expected: float, got: float) -> bool:
        return bool(same_grey(planned, np.array(expected), np.array(got)))

    assert [right(whole, 7.6, got) for got in (7, 8, 7.6, 6, 9, 7.2)] == [True] * 3 + [False] * 3
    assert [right(whole, 7.4, got) for got in (7, 8)] == [True, False]
    assert [right(whole, 6.5, got) for got in (5, 6, 6.5, 7, 8)] == [False, True, True, True, False]
    assert [right(whole, 7.0, got) for got in (7, 6, 8)] == [True, False, False]
    assert [right(floats, 7.6, got) for got in (7.6, 7, 8)] == [True, False, False]
    assert not right(whole, 7.0, np.nan)


def test_pictures_show_what_differs() -> None:
    """One of each function, of the size that is asked, whatever came out."""
    right = pictures(evidence_of(CONVOLVE_LOOPS + POOL_LOOPS))
    lost = pictures(evidence_of(WRONG_CONVOLUTIONS["margin lost"][0] + POOL_LOOPS))
    crossed = pictures(evidence_of(WRONG_CONVOLUTIONS["rows and columns"][0] + POOL_LOOPS))

    assert [(each.height, each.width) for each in right] == [(96, 128), (48, 64)]
    for each in (*right, *lost, *crossed):
        assert len(each.got) == len(each.expected) == len(each.differs) == each.height * each.width
    assert not any(map(any, (each.differs for each in right)))
    assert right[0].got == right[0].expected
    differs = np.frombuffer(lost[0].differs, np.uint8).reshape(96, 128)
    assert (differs[1:-1, 1:-1] == 0).all()
    assert (differs[0] == 255).all()
    assert any(crossed[0].differs)
    assert sum(len(each.got) for each in right) * 3 < 1 << 16


def test_nothing_is_shown_of_what_is_no_picture() -> None:
    """A number, nothing, or three axes."""
    for returned in ("1", "None", "image[..., None]"):
        source = f"def convolve(image, filter, weight=1):\n    return {returned}\n" + POOL_LOOPS
        assert [each.height for each in pictures(evidence_of(source))] == [48]


def test_who_changes_the_picture_is_told_where() -> None:
    """By writing to it, or by a second name for it."""
    aliased = changed(CONVOLVE_LOOPS, ("np.copy(image)", "image"))
    result = results_of(aliased + POOL_LOOPS)["inputs_kept"]

    assert result.status is Status.FAILED
    assert "`out = image` (line 5) makes no copy" in result.help


def test_one_function_alone_is_graded() -> None:
    """The other is missing, and its checks say so."""
    results = results_of(POOL_LOOPS)

    assert results["interface"].status is Status.FAILED
    assert {results[f"pool_{each}"].status for each in PROPERTIES} == {Status.PASSED}
    assert {results[f"convolve_{each}"].status for each in PROPERTIES} == {Status.SKIPPED}
    assert verdict_of(POOL_LOOPS) is Verdict.FAILED


def test_loops_without_functions_are_told_what_to_wrap() -> None:
    """Each loop with the head of its function, its picture, and what to return."""
    source = textwrap.dedent("""
        import numpy as np
        i = np.ones((4, 4), int)
        filter = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
        t = np.copy(i)
        for x in range(1, 3):
            for y in range(1, 3):
                total = 0
                total = total + i[x - 1, y - 1] * filter[0][0]
                t[x, y] = total
        n = np.zeros((2, 2))
        for x in range(0, 4, 2):
            for y in range(0, 4, 2):
                pixels = [t[x, y], t[x + 1, y], t[x, y + 1], t[x + 1, y + 1]]
                n[x // 2, y // 2] = max(pixels)
    """)
    result = results_of(source)["interface"]

    assert result.status is Status.FAILED
    assert result.help == (
        "Put the loops over the picture (lines 6 to 10), and what makes `t` before them, under"
        " `def convolve(image, filter, weight=1):`, write `image` for `i`, and end it with"
        " `return t`. Put the loops over the picture (lines 12 to 15), and what makes `n` before"
        " them, under `def max_pool(image):`, write `image` for `t`, and end it with `return n`."
    )


@pytest.mark.parametrize("blame", [blame_of_sizes, blame_of_pooling])
def test_nobody_is_blamed_where_all_calls_go_wrong(blame: Any) -> None:
    """Only what sets the wrong ones apart is said."""
    assert blame(CALLS, []) == ""
    mixed = [each for each in CALLS if each.about == PICTURE]
    assert blame(mixed, [each for each in CALLS if each.about != PICTURE]) == ""

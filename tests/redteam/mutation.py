"""What the fuzz tests share: how much they try, and how a good input is spoiled.

With `FUZZ_EXAMPLES` set, as `make fuzz` does, each property is tried that often on inputs that are
new each time; without it, on a few that are always the same.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_GIVEN = os.environ.get("FUZZ_EXAMPLES", "")
_FEW = 60
# Far beyond what any input of these sizes takes, on a busy machine.
_DEADLINE_MS = 20_000

effort = settings(
    max_examples=int(_GIVEN or _FEW),
    derandomize=not _GIVEN,
    deadline=_DEADLINE_MS,
    database=None,
    suppress_health_check=list(HealthCheck),
)

Cut = tuple[float, float, bytes, int]
# Where to begin, how much to take away, what to put there, and how often.
_CUTS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.one_of(st.just(0.0), st.floats(0, 0.05), st.floats(0, 1)),
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from(
                [
                    *(b"(", b"[", b"{", b'"', b"'''", b'"""', b"\\", b"\n", b"\t", b"\0", b"\xff"),
                    *(b"\r", b"\x0c", b"def ", b"lambda:", b"class A:", b"async ", b"await ", b"%"),
                    *(b"# coding: utf-16\n", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b"null"),
                    *(b"1e999", b"-1", b"9" * 400, b"{}", b"[[]]", b":=", b"f'{", b"    ", b"\\N{"),
                    *(
                        b"yield ",
                        b"from __future__ import x\n",
                        b"match x:\n case ",
                        b"train_mnist",
                    ),
                ]
            ),
        ),
        st.one_of(st.just(1), st.integers(0, 4), st.integers(0, 3000)),
    ),
    max_size=5,
)


def spoiled(*good: bytes) -> st.SearchStrategy[bytes]:
    """Return a strategy for inputs that began as one of these."""
    return st.builds(_cut, st.sampled_from(good), _CUTS)


def _cut(good: bytes, cuts: list[Cut]) -> bytes:
    for begin, share, put, times in cuts:
        start = int(begin * len(good))
        end = start + int(share * len(good))
        good = good[:start] + put * times + good[end:]
    return good[:200_000]


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 1 << 31, 1 << 63, 10**30, 10**4000])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@st.composite
def changed(draw: st.DrawFn, document: Any, values: st.SearchStrategy[Any] = JSON) -> Any:
    """Return JSON in which a few values, wherever they stand, are others."""
    for _ in range(draw(st.integers(1, 4))):
        document = _with(document, draw)(draw(values))
    return document


def _with(document: Any, draw: st.DrawFn) -> Any:
    """Choose a place in a document; return the function that puts a value there."""
    if isinstance(document, dict) and document and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(document)))
        inside = _with(document[key], draw)
        return lambda value: {**document, key: inside(value)}
    if isinstance(document, list) and document and draw(st.integers(0, 9)):
        index = draw(st.integers(0, len(document) - 1))
        inside = _with(document[index], draw)
        return lambda value: [*document[:index], inside(value), *document[index + 1 :]]
    return lambda value: value

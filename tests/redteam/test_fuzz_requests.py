"""Whatever a request describes, admission and the count of rows decide on it without an error."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.admission import admit, layers_of
from grader.admission.admit import Refusal
from grader.kinds.training.data_facts import read_claim
from grader.protocol import ArraySpec, DataClaim, FitAsked, Frame, MalformedFrameError
from tests.examples import keras_object, layer, model, request
from tests.redteam.mutation import JSON, changed, effort

MODELS = [
    model(
        layer("Conv2D", filters=8, kernel_size=[3, 3], activation="relu"),
        layer("MaxPooling2D", pool_size=[2, 2]),
        layer("Dense", units=10, kernel_initializer=keras_object("keras.initializers", "HeNormal")),
    ),
    model(model(layer("TimeDistributed", layer=layer("Dense", units=2))), layer("Flatten")),
]
WORDS = st.sampled_from(
    [
        *("Conv2D", "Lambda", "__lambda__", "__numpy__", "__keras_tensor__", "keras.layers", "os"),
        *("function", "Sequential", "Functional", "float16", "relu", "keras", "builtins"),
    ]
)
REQUESTS = [msgspec.to_builtins(request(each)) for each in MODELS]


@effort
@given(data=st.data())
def test_a_changed_request_is_decided_on(data: st.DataObject) -> None:
    """It is admitted or refused with a reason, and its layers can be listed."""
    document = data.draw(
        st.sampled_from(REQUESTS).flatmap(lambda each: changed(each, JSON | WORDS))
    )
    try:
        asked = msgspec.json.decode(json.dumps(document), type=type(request()))
    except msgspec.DecodeError:
        return
    decided = admit(asked)

    assert decided is None or (isinstance(decided, Refusal) and decided.reason)
    for found in layers_of(asked.model):
        assert isinstance(found.class_name, str)
        assert isinstance(found.name, str)
        assert found.calls >= 1


def nested(depth: int, inside: Any) -> Any:
    """Return lists in lists."""
    for _ in range(depth):
        inside = [inside]
    return inside


@effort
@given(depth=st.integers(40, 900), key=st.sampled_from(["name", "class_name", "module", "layers"]))
def test_nesting_never_breaks_admission(depth: int, key: str) -> None:
    """However deep something is nested that should not be, there is an answer."""
    document = model(layer("Dense", units=3))
    document["config"]["layers"][0]["config"]["name"] = nested(depth, "x")
    document["config"]["layers"][0][key] = nested(depth, "x")

    assert admit(request(document)) is not None
    assert isinstance(layers_of(document), list)


CLAIMS = st.builds(
    DataClaim,
    count=st.integers(-5, 10) | st.sampled_from([60_000, 70_000, 1 << 53]),
    problem=st.none() | st.text(max_size=5),
    in_order=st.booleans(),
    image_shape=st.sampled_from([(28, 28), (28, 28, 1), (784,), (), (0,), (1 << 28, 1 << 28)]),
    label_shape=st.sampled_from([(), (1,), (10,), (2, 5), (1, 1, 1, 1, 1)]),
    one_hot=st.booleans(),
    mislabelled=st.integers(-3, 3),
)
NUMBERS = st.lists(st.integers(-(1 << 31), (1 << 31) - 1), max_size=12)


@effort
@given(
    claim=CLAIMS,
    rows=NUMBERS,
    table=st.lists(st.floats(width=32), max_size=4),
    dtypes=st.sampled_from([("float32", "int32"), ("int32", "float32"), ("uint8", "uint8")]),
)
def test_a_claim_is_counted_or_named(
    claim: DataClaim, rows: list[int], table: list[float], dtypes: tuple[Any, Any]
) -> None:
    """What the rows say is counted; what cannot be counted is a problem with a name."""
    greys = np.linspace(0, 1, 256, dtype=np.float32)
    greys[: len(table)] = table
    blob = greys.tobytes() + np.array(rows, np.int32).tobytes()
    specs = (ArraySpec(dtypes[0], (256,)), ArraySpec(dtypes[1], (len(rows),)))
    asked = FitAsked(request=request(data=claim), line=1, arrays=specs)
    try:
        facts = read_claim(Frame(asked, blob))
    except MalformedFrameError:
        return

    assert facts.problem or facts.training_images + facts.test_images > 0
    assert facts.training_images <= 60_000

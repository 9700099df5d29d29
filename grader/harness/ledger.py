"""What the trainer knows of a model's state, and what the submission has made of it here.

The trainer builds a model from its description, initialises it from its own seed, and hears of the
callbacks only when to stop and at which rate to go on. Whatever else a submission does to its
model would be dropped: weights set before the fit, momentum emptied in a callback, a method
replaced. So before a fit, and whenever callbacks have run, the state here is compared with what was
last sent or received; where it differs, a human decides.

Weights are compared as bytes, so that NaN is NaN. As long as nothing was trained they may be
whatever an initializer has made of a variable of that kind: the trainer's are others anyhow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import keras
import msgspec
import numpy as np
import tensorflow as tf
from keras.src.backend.tensorflow.core import Variable

from grader.harness.describe import IndescribableError, described, variables_of
from grader.harness.undecidable import Undecidables

_KERAS = str(Path(keras.__file__).parent)
# Nothing of them is what the trainer computes, and `loss` is what `compile` was given.
_NOT_OF_TRAINING = {
    "build",
    "evaluate",
    "fit",
    "loss",
    "predict",
    "save",
    "save_weights",
    "summary",
}
_Print = tuple[str, tuple[int, ...], bytes]


class Change(NamedTuple):
    """Something that the trainer does not know, and the line that did it, if that was seen."""

    reason: str
    line: int | None = None


class _Known(NamedTuple):
    """A model's state as the trainer knows it."""

    prints: list[_Print | None]
    optimizer: Any
    loss: Any
    description: bytes


class Ledger:
    """Compares models with what the trainer knows of them; one for the life of a box."""

    def __init__(self, undecidables: Undecidables) -> None:
        """Ask `undecidables` for the lines in which the submission assigns to variables."""
        self._undecidables = undecidables
        self._initial: set[_Print | None] = {None}
        self._lines: dict[int, int | None] = {}
        self._known: dict[int, _Known] = {}
        self._methods: dict[type, dict[str, Any]] = {}

    def install(self) -> None:
        """See from now on how variables begin and where they are assigned to; know the methods."""
        begin, initialize = Variable._initialize, Variable._initialize_with_initializer  # noqa: SLF001
        assign = Variable._direct_assign  # noqa: SLF001
        ledger = self

        def noted_begin(variable: Any, value: Any) -> None:
            begin(variable, value)
            # What an optimizer counts begins with a number, not with an initializer.
            if variable._value.shape.rank == 0:  # noqa: SLF001 - it has no shape of its own yet
                ledger._initial.add(_print(variable))

        def noted_initialize(variable: Any, initializer: Any) -> None:
            initialize(variable, initializer)
            variable.begun_by = type(initializer).__name__
            ledger._initial.add(_print(variable))

        def noted_assign(variable: Any, value: Any) -> None:
            ledger._lines[id(variable)] = ledger._undecidables.line()
            assign(variable, value)

        Variable._initialize = noted_begin  # noqa: SLF001
        Variable._initialize_with_initializer = noted_initialize  # noqa: SLF001
        Variable._direct_assign = noted_assign  # noqa: SLF001
        for place in (keras, keras.layers, keras.losses, keras.metrics, keras.optimizers):
            for found in vars(place).values():
                for owner in found.__mro__ if isinstance(found, type) else ():
                    self._methods.setdefault(owner, dict(vars(owner)))

    def accept(self, model: keras.Model) -> None:
        """Take what a rehearsal has made of a model for as good as fresh."""
        self._initial.update(map(_print, (*variables_of(model), *_state_of_optimizer(model))))

    def set_before(self, model: keras.Model) -> Change | None:
        """Return what was set of the weights and the optimizer of a model not trained yet."""
        return self._set(variables_of(model), "weights of a model were") or self.moved(model)

    def moved(self, model: keras.Model) -> Change | None:
        """Return what was set of an optimizer that is new to the trainer."""
        # It begins with a copy of the weights, and the trainer refuses it for a reason of its own.
        if isinstance(model.optimizer, keras.optimizers.ScheduleFreeAdamW):
            return None
        return self._set(_state_of_optimizer(model), "state of an optimizer was")

    def _set(self, variables: Iterable[Any], what: str) -> Change | None:
        for variable in variables:
            if _print(variable) not in self._initial:
                return Change(
                    f"the {what} set before it was fitted, which the trainer does not repeat",
                    self._lines.get(id(variable)),
                )
        return None

    def replaced(self, model: keras.Model) -> Change | None:
        """Return which of Keras's methods were replaced, or flags set that no description holds."""
        layers = list(model._flatten_layers())  # noqa: SLF001 - nested models too
        for part in (*layers, model.optimizer, model.loss):
            for name in self._methods_replaced(part):
                return Change(f"{type(part).__name__}.{name} is replaced by the program's own")
        for layer in layers:
            own = [*layer._trainable_variables]  # noqa: SLF001 - not those of the layers inside
            if layer.trainable and not all(variable.trainable for variable in own):
                return Change(f"single weights of a {type(layer).__name__} are frozen")
        return None

    def _methods_replaced(self, part: Any) -> Iterator[str]:
        for name, value in getattr(part, "__dict__", {}).items():
            is_method = callable(getattr(type(part), name, None)) and callable(value)
            if is_method and _matters(name) and not _is_of_keras(value):
                yield name
        for owner in type(part).__mro__:
            before = self._methods.get(owner)
            if before is None:
                continue
            for name, value in vars(owner).items():
                if _matters(name) and callable(value) and before.get(name) is not value:
                    yield name

    def enter(self, model: keras.Model, document: dict[str, Any]) -> None:
        """Take a model as it is now, and as `document` describes it, for what the trainer knows."""
        prints = [_print(variable) for variable in variables_of(model)]
        known = _Known(prints, model.optimizer, model.loss, _without_rate(document))
        self._known[id(model)] = known
        self._forget_lines(model)

    def enter_weights(self, model: keras.Model) -> None:
        """Take the weights of a model, which the trainer has just sent, for what it knows."""
        prints = [_print(variable) for variable in variables_of(model)]
        self._known[id(model)] = self._known[id(model)]._replace(prints=prints)
        self._forget_lines(model)

    def _forget_lines(self, model: keras.Model) -> None:
        for variable in (*model.weights, *_state_of_optimizer(model)):
            self._lines.pop(id(variable), None)

    def is_touched(self, model: keras.Model) -> bool:
        """Whether something was assigned to, since the trainer's weights came: a cheap question."""
        variables = (*model.weights, *_state_of_optimizer(model))
        return any(id(variable) in self._lines for variable in variables)

    def weights_changed(self, model: keras.Model) -> Change | None:
        """Return whether the weights are others than the trainer's."""
        known, now = self._known[id(model)].prints, variables_of(model)
        for before, variable in zip(known, now, strict=False):
            if _print(variable) != before:
                return Change("the weights of a model were changed", self._lines.get(id(variable)))
        return None if len(known) == len(now) else Change("weights of a model were replaced")

    def momentum_changed(self, model: keras.Model) -> Change | None:
        """Return whether something was assigned to the optimizer that the trainer goes on with.

        Its values are no sign: here they stay what they were when the fit began.
        """
        for variable in _state_of_optimizer(model):
            if id(variable) in self._lines:
                reason = "the state of an optimizer was changed"
                return Change(reason, self._lines[id(variable)])
        return None

    def changed(self, model: keras.Model) -> Change | None:
        """Return what callbacks have changed of a model, beside its learning rate."""
        known = self._known[id(model)]
        found = self.weights_changed(model) or self.momentum_changed(model) or self.replaced(model)
        if found is None and (
            known.optimizer is not model.optimizer
            or known.loss is not model.loss
            or not _is_described_by(model, known.description)
        ):
            found = Change("layers, optimizer, loss or metrics of a model were changed")
        return found and found._replace(
            reason=f"{found.reason} while it was trained, which the trainer does not repeat"
        )


def _print(variable: Any) -> _Print | None:
    """Return what tells the values of a variable from others, and by whom it was begun."""
    if getattr(variable, "_value", None) is None:
        return None
    # A step that is being traced makes variables, too.
    with tf.init_scope():
        values = np.ascontiguousarray(variable._value.numpy())  # noqa: SLF001 - as it is, not cast
    digest = hashlib.blake2b(values.view(np.uint8).data, digest_size=16).digest()
    return getattr(variable, "begun_by", ""), values.shape, digest


def _state_of_optimizer(model: keras.Model) -> list[Any]:
    """List an optimizer's variables but for the rate, which is carried out."""
    variables = getattr(model.optimizer, "variables", ())
    return [variable for variable in variables if not variable.path.endswith("learning_rate")]


def _is_described_by(model: keras.Model, description: bytes) -> bool:
    try:
        return _without_rate(described(model)) == description
    except IndescribableError:
        return False


def _without_rate(document: dict[str, Any]) -> bytes:
    """Return a description but for a rate that is a number, which is carried out."""
    compiled = document["compile_config"]
    optimizer = compiled["optimizer"]
    config = dict(optimizer["config"])
    if isinstance(config.get("learning_rate"), float | int):
        del config["learning_rate"]
    optimizer = {**optimizer, "config": config}
    compiled = {**compiled, "optimizer": optimizer}
    return msgspec.json.encode({**document, "compile_config": compiled})


def _matters(name: str) -> bool:
    is_private = name.startswith("__") and name != "__call__"
    return name not in _NOT_OF_TRAINING and not is_private


def _is_of_keras(function: Any) -> bool:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code is not None and code.co_filename.startswith(_KERAS)

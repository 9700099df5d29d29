"""Why a model may not reach the target: what the source shows of epochs, rates and layers."""

from __future__ import annotations

import ast

from grader.hints.program import (
    Program,
    argument,
    is_open,
    read,
    text,
)
from grader.model.source import SourceFacts
from grader.protocol.mnist import TRAINING_IMAGES

_FIT_BATCH_SIZE, _FIT_EPOCHS = 2, 3
_SCALING = ("scal", "normali", "standardi")
_NONLINEAR = ("activation", "relu", "elu", "tanh", "sigmoid", "selu", "gelu", "swish", "silu")
_FAST = ("Adam", "RMSprop", "Nadam", "Adamax", "AdamW", "RMSProp")
_SLOW_NAMES = {"sgd", "adadelta", "ftrl"}
_LARGE_RATE, _SMALL_RATE = 0.02, 0.00005
_LARGE_BATCH, _USUAL_BATCH = 2048, 32
_ALMOST_ALL = 54_000
_HEAVY_DROPOUT = 0.4
_LEARNS = 0.9
_MOST = 2


def slow_learning(source: SourceFacts, fit_line: int | None, best: float, max_epochs: int) -> str:
    """Say what may keep a model below the target, the likeliest first, two things at most."""
    program = read(source)
    fit = program.fit(fit_line)
    model = [
        _last_activation(program),
        _no_activation(program),
        _learning_rate(program),
        _slow_optimizer(program),
    ]
    epochs, rest = (
        _few_epochs(program, fit, max_epochs),
        [
            _unscaled(program),
            _few_steps(program, fit),
            _large_batch(program, fit),
            _heavy_dropout(program),
        ],
    )
    hints = [epochs, *model, *rest] if best >= _LEARNS else [*model, *rest, epochs]
    return " ".join([hint for hint in hints if hint][:_MOST])


def _few_epochs(program: Program, fit: ast.Call | None, max_epochs: int) -> str:
    if fit is None or is_open(fit):
        return ""
    asked = argument(fit, "epochs", _FIT_EPOCHS)
    if asked is None and argument(fit, "nb_epoch") is None:
        return (
            f"fit{program.at(fit)} is not told how many epochs to train, so it trains one:"
            f" up to {max_epochs} are allowed."
        )
    epochs = program.number(asked)
    if epochs is None or not 0 < epochs < max_epochs:
        return ""
    noun = "epoch" if epochs == 1 else "epochs"
    return f"fit{program.at(fit)} asks for {epochs:g} {noun}: up to {max_epochs} are allowed."


def _last_activation(program: Program) -> str:
    """Say that the layer of the ten classes does not end in probabilities."""
    dense = sorted(program.calls("Dense"), key=lambda call: (call.lineno, call.col_offset))
    tens = [call for call in dense if program.number(argument(call, "units", 0)) == 10]
    if len(tens) != 1 or tens != dense[-1:] or is_open(tens[0]):
        return ""
    activation = argument(tens[0], "activation", 1)
    name, place = text(activation), program.at(tens[0])
    if activation is None or name == "linear":
        if program.any_name_with("softmax", "from_logits") or _adds(program):
            return ""
        if not program.any_name_with("crossentropy"):
            return ""
        return (
            f"The last layer{place} has no activation, so it gives no probabilities: write"
            " `activation='softmax'`."
        )
    if name not in {"relu", "sigmoid", "tanh"} or program.any_name_with("from_logits"):
        return ""
    return f"The last layer{place} ends in '{name}': ten classes ask for `activation='softmax'`."


def _adds(program: Program) -> bool:
    """Whether activations are layers of their own."""
    return bool(program.calls("Activation", "Lambda"))


def _no_activation(program: Program) -> str:
    calls = program.calls("Conv2D", "Convolution2D")
    dense = program.calls("Dense")[:-1]
    hidden = sorted([*calls, *dense], key=lambda call: (call.lineno, call.col_offset))
    bare = [
        call
        for call in hidden
        if argument(call, "activation") is None and not is_open(call) and len(call.args) < 4
    ]
    separate = program.calls("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", *_NONLINEAR)
    positional = [call for call in dense if len(call.args) > 1]
    if not hidden or len(bare) != len(hidden) or separate or positional:
        return ""
    return (
        f"No layer before the last has an activation{program.at(*hidden)}: with"
        " `activation='relu'` the model can learn more than straight lines."
    )


def _learning_rate(program: Program) -> str:
    for call in program.calls(*_FAST):
        given = argument(call, "learning_rate", 0) or argument(call, "lr")
        rate = program.number(given)
        if rate is None or _SMALL_RATE < rate < _LARGE_RATE:
            continue
        size = "large" if rate >= _LARGE_RATE else "small"
        return (
            f"The learning rate {rate:g}{program.at(call)} is very {size} for"
            f" {program.called(call)}: 0.001 is the usual one."
        )
    return ""


def _slow_optimizer(program: Program) -> str:
    for call in program.calls("compile"):
        optimizer = program.resolved(argument(call, "optimizer", 0))
        named = text(optimizer).lower() if isinstance(optimizer, ast.Constant) else ""
        if named in _SLOW_NAMES:
            return (
                f"The optimiser '{named}'{program.at(call)} learns slowly with its usual rate:"
                " 'adam' needs fewer epochs."
            )
    return ""


def _unscaled(program: Program) -> str:
    if program.divides() or program.any_name_with(*_SCALING, "divide", "multiply", "preprocess"):
        return ""
    return "The pixels seem to stay between 0 and 255: divided by 255.0 they are learnt faster."


def _large_batch(program: Program, fit: ast.Call | None) -> str:
    if fit is None:
        return ""
    size = program.number(argument(fit, "batch_size", _FIT_BATCH_SIZE))
    if size is None or size < _LARGE_BATCH:
        return ""
    return (
        f"batch_size={size:g}{program.at(fit)} leaves few steps in an epoch: with 32 or 64 the"
        " model learns more from each."
    )


def _few_steps(program: Program, fit: ast.Call | None) -> str:
    """Say that an epoch is ended before all images were seen."""
    if fit is None or is_open(fit) or argument(fit, "y", 1) is None:
        return ""
    steps = program.number(argument(fit, "steps_per_epoch"))
    given = argument(fit, "batch_size", _FIT_BATCH_SIZE)
    size = program.number(given) if given is not None else _USUAL_BATCH
    if not steps or not size or steps * size >= _ALMOST_ALL:
        return ""
    return (
        f"steps_per_epoch={steps:g}{program.at(fit)} ends an epoch after {steps * size:,.0f} of"
        f" {TRAINING_IMAGES:,} images: leave it out."
    )


def _heavy_dropout(program: Program) -> str:
    heavy = [
        call
        for call in program.calls("Dropout")
        if (program.number(argument(call, "rate", 0)) or 0) >= _HEAVY_DROPOUT
    ]
    if not heavy:
        return ""
    rate = program.number(argument(heavy[0], "rate", 0))
    return (
        f"Dropout({rate:g}){program.at(heavy[0])} lowers the accuracy that is measured while"
        " training: use less of it."
    )

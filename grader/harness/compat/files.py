"""Files that models are saved in: names that today's Keras refuses get an ending it accepts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from grader.harness.compat import modules
from grader.harness.compat.notes import note

_OF_MODELS = (".keras", ".h5", ".hdf5")
_OF_CHECKPOINTS = (".keras", ".h5")
_OF_WEIGHTS = (".weights.h5",)
_OLD_CHECKPOINT_ARGUMENTS = ("period", "load_weights_on_restart", "options")


def install() -> None:
    """Accept every name for a file of a model or of weights."""
    model = keras.Model
    model.save = _writing(model.save, _OF_MODELS)
    model.save_weights = _writing(model.save_weights, _OF_WEIGHTS)
    model.load_weights = _reading_weights(model.load_weights)
    for name, module in modules.public_modules().items():
        if modules.relative(name) in {"models", "saving"}:
            module.__dict__["load_model"] = _reading_model(module.__dict__["load_model"])
        if modules.relative(name) == "utils":
            module.__dict__["plot_model"] = _plot_model
    _accept_old_checkpoints(keras.callbacks.ModelCheckpoint)
    _leave_out(keras.callbacks.TensorBoard)


def _ended(path: Any, endings: tuple[str, ...]) -> str:
    """Return the path with an ending that Keras accepts."""
    text = str(path).rstrip("/")
    return text if text.endswith(endings) else text + endings[0]


def _note_ending(path: Any, ended: str) -> None:
    if ended != str(path):
        note(f"'{path}' is no name for a file of today's Keras; '{ended}' was written instead")


def _writing(save: Callable[..., Any], endings: tuple[str, ...]) -> Callable[..., Any]:
    def saved(model: Any, filepath: Any, *args: Any, **options: Any) -> Any:
        ended = _ended(filepath, endings)
        _note_ending(filepath, ended)
        for old in ("save_format", "include_optimizer"):
            options.pop(old, None)
        return save(model, ended, *args, **options)

    return saved


def _reading_weights(load: Callable[..., Any]) -> Callable[..., Any]:
    def loaded(model: Any, filepath: Any, *args: Any, **options: Any) -> Any:
        return load(model, _written(filepath, _OF_WEIGHTS), *args, **options)

    return loaded


def _reading_model(load: Callable[..., Any]) -> Callable[..., Any]:
    def load_model(filepath: Any, *args: Any, **options: Any) -> Any:
        found = _written(filepath, _OF_MODELS)
        found = found if Path(found).exists() else _written(filepath, _OF_CHECKPOINTS)
        return load(found, *args, **options)

    return load_model


def _written(path: Any, endings: tuple[str, ...]) -> str:
    """Return the name under which a shim wrote the file, if it did."""
    ended = _ended(path, endings)
    return ended if not Path(path).exists() and Path(ended).exists() else str(path)


def _accept_old_checkpoints(checkpoint: Any) -> None:
    init = checkpoint.__init__

    def of_today(self: Any, filepath: Any, *args: Any, **options: Any) -> None:
        for name in _OLD_CHECKPOINT_ARGUMENTS:
            if name in options:
                note(f"{name}= is an old argument of ModelCheckpoint; it was left out")
                del options[name]
        weights_only = args[3] if len(args) > 3 else options.get("save_weights_only")
        ended = _ended(filepath, _OF_WEIGHTS if weights_only else _OF_CHECKPOINTS)
        _note_ending(filepath, ended)
        init(self, ended, *args, **options)

    checkpoint.__init__ = of_today


def _leave_out(callback: Any) -> None:
    """Make the callback do nothing: nobody looks at its logs, and what writes them is absent."""

    def left_out(self: Any, *_args: Any, **_options: Any) -> None:
        note(f"{callback.__name__} was left out: nobody looks at its logs here")
        keras.callbacks.Callback.__init__(self)

    for name in [name for name in vars(callback) if name.startswith(("on_", "set_"))]:
        setattr(callback, name, getattr(keras.callbacks.Callback, name))
    callback.__init__ = left_out


def _plot_model(*_args: Any, **_options: Any) -> None:
    note("plot_model was left out: it draws with Graphviz, which the grader does not have")

"""Old module paths: `keras.layers.core`, `tensorflow.python.keras`, `keras.utils.np_utils`.

A finder at the front of the import system answers a path that moved with the module that holds
its names today, so every form of `import` and `from` works. The modules of TensorFlow's public
names, `tensorflow.keras` before all, become one set under all their names: TensorFlow itself
would load them again for `import tensorflow.config`, and a shim in one would be missing in the
other.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

import tensorflow as tf

from grader.harness.compat.notes import is_asked_by_submission, note

_PUBLIC = "tensorflow.keras"
_INNER = "keras._tf_keras.keras"
_API = "tensorflow._api.v2."
_OTHER_NAMES = (
    "tensorflow.python.keras",
    "tensorflow._api.v2.keras",
    "tensorflow._api.v1.keras",
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
)
_MOVED = {
    "": (
        *("api", "api.keras", "api._v1", "api._v1.keras", "api._v2", "api._v2.keras"),
        *("engine", "engine.base_layer", "engine.functional", "engine.input_layer"),
        *("engine.input_spec", "engine.network", "engine.sequential", "engine.topology"),
        *("engine.training",),
    ),
    "backend": ("backend.tensorflow_backend", "backend.common"),
    "callbacks": ("callbacks.callbacks", "callbacks_v1"),
    "initializers": ("initializers.initializers_v1", "initializers.initializers_v2"),
    "layers": (
        *("layers.advanced_activations", "layers.convolutional", "layers.core"),
        *("layers.convolutional.conv2d", "layers.core.dense", "layers.core.dropout"),
        *("layers.core.flatten", "layers.embeddings", "layers.experimental"),
        *("layers.core.activation", "layers.experimental.preprocessing", "layers.merge"),
        *("layers.noise", "layers.normalization", "layers.normalization.batch_normalization"),
        *("layers.normalization_v2", "layers.pooling", "layers.pooling.max_pooling2d"),
        *("layers.preprocessing", "layers.recurrent", "layers.regularization"),
        *("layers.regularization.dropout", "layers.reshaping", "layers.reshaping.flatten"),
        *("layers.wrappers",),
    ),
    "losses": ("objectives",),
    "mixed_precision": ("mixed_precision.experimental",),
    "optimizers": (
        *("optimizer_v1", "optimizer_v2", "optimizers.experimental"),
        *("optimizers.optimizer_v2",),
        *(
            f"{place}.{name}{version}"
            for place in ("optimizers", "optimizer_v2", "optimizers.optimizer_v2")
            for name in ("adadelta", "adagrad", "adam", "adamax", "gradient_descent", "nadam")
            for version in ("", "_v2")
        ),
        *(f"{place}.rmsprop" for place in ("optimizers", "optimizer_v2")),
        *("optimizers.rmsprop_v2", "optimizers.sgd"),
    ),
    "optimizers.schedules": ("experimental", "optimizer_v2.learning_rate_schedule"),
    "utils": (
        *("utils.all_utils", "utils.data_utils", "utils.generic_utils", "utils.io_utils"),
        *("utils.layer_utils", "utils.multi_gpu_utils", "utils.np_utils", "utils.vis_utils"),
    ),
}
_TODAY = {old: new for new, olds in _MOVED.items() for old in olds}
_stand_ins: dict[str, tuple[ModuleType, str]] = {}


def install() -> None:
    """Make TensorFlow's modules one set, and put the finder before all others."""
    root = importlib.import_module(_PUBLIC)
    for found in pkgutil.walk_packages(importlib.import_module(_INNER).__path__, f"{_INNER}."):
        importlib.import_module(found.name)
    for name, module in list(sys.modules.items()):
        if name.startswith(_API):
            sys.modules.setdefault(f"tensorflow.{name.removeprefix(_API)}", module)
        if name.startswith(f"{_INNER}."):
            public = _PUBLIC + name.removeprefix(_INNER)
            module.__name__ = public
            sys.modules[public] = module
        # Another Keras, frozen years ago, whose models are not models of today's.
        if name.startswith("tensorflow.python.keras"):
            del sys.modules[name]
    sys.modules[_INNER] = root
    python = importlib.import_module("tensorflow.python")
    python.__dict__.pop("keras", None)
    python.__dict__["__getattr__"] = _of_tensorflow_python
    for place in (tf, tf.compat.v1, tf.compat.v2):
        place.keras = root
        for part in ("losses", "metrics", "optimizers", "initializers"):
            if place is not tf.compat.v1:
                setattr(place, part, getattr(root, part))
    sys.meta_path.insert(0, _OldPaths())


def stand_in(name: str, module: ModuleType, words: str = "") -> None:
    """Answer a submission's import of `name` with `module`, and note `words` about it.

    Without words it is a package that is not installed, and whose commands do nothing.
    """
    root = name.partition(".")[0]
    _stand_ins[name] = module, words or f"{root} is not installed here; its commands do nothing"


def public_modules() -> dict[str, ModuleType]:
    """Return the loaded modules that students import Keras's names from, by full name."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        if f"{name}.".startswith(("keras.", f"{_PUBLIC}."))
        and not name.startswith(("keras.src", "keras._"))
    }


def relative(name: str) -> str:
    """Return the path of one of the public modules inside Keras, such as `layers`."""
    return name.removeprefix("tensorflow.").removeprefix("keras").removeprefix(".")


def moved(name: str) -> bool:
    """Whether a full module path is an old one that the finder answers."""
    return relative(name) in _TODAY


def _of_tensorflow_python(name: str) -> ModuleType:
    if name != "keras":
        raise AttributeError(f"module 'tensorflow.python' has no attribute '{name}'")
    return importlib.import_module("tensorflow.python.keras")


class _OldPaths(MetaPathFinder, Loader):
    """Answers imports of old paths, each with the module that is there today."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a specification for an old path, and None for all others."""
        del path, target
        answer = _answer(fullname)
        if answer is None:
            return None
        return ModuleSpec(fullname, self, loader_state=answer, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        """Put the module of today in the place of the empty one."""
        spec = module.__spec__
        if spec is not None:
            sys.modules[spec.name] = spec.loader_state()


def _answer(name: str) -> Callable[[], ModuleType] | None:
    if name in _stand_ins and is_asked_by_submission():
        return lambda: _stand_in(name)
    for other in _OTHER_NAMES:
        if name == other or name.startswith(f"{other}."):
            return _other_name(_PUBLIC + name.removeprefix(other), other)
    if not name.startswith(("keras.", f"{_PUBLIC}.")) or name.startswith("keras.src."):
        return None
    today = _TODAY.get(relative(name))
    if today is None:
        return None
    root = "keras" if name.startswith("keras.") else _PUBLIC
    return _at(name, f"{root}.{today}".rstrip("."))


def _other_name(public: str, other: str) -> Callable[[], ModuleType] | None:
    today = _TODAY.get(relative(public))
    place = public if today is None else f"{_PUBLIC}.{today}".rstrip(".")
    try:
        found = importlib.util.find_spec(place) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        return None

    def load() -> ModuleType:
        note(f"{other} is an inner name of TensorFlow; it was answered by {_PUBLIC}")
        return importlib.import_module(place)

    return load


def _at(name: str, place: str) -> Callable[[], ModuleType]:
    def load() -> ModuleType:
        note(f"{name} is an old module path; it was answered by {place}")
        return importlib.import_module(place)

    return load


def _stand_in(name: str) -> ModuleType:
    module, words = _stand_ins[name]
    note(words)
    return module

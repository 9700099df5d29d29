"""What to do about an error or about odd arrays is said for that error, in its own line, only."""

from __future__ import annotations

from typing import Literal

import pytest

from grader import hints
from grader.model.source import Cell, SourceFacts
from grader.protocol import Raised

TWO_PAIRS = "write `(x_train, y_train), (x_test, y_test) = mnist.load_data()`"
STOP = """\
class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        sys.exit()
"""


def advice(
    text: str,
    error: str,
    message: str,
    line: int | None = 1,
    phase: Literal["import", "call"] = "call",
) -> str:
    """Ask what to do about an error in a program."""
    raised = Raised(error=error, message=message, phase=phase, line=line)
    return hints.known_error(SourceFacts(text=text), raised)


@pytest.mark.parametrize(
    ("module", "text", "words"),
    [
        (
            "sklearn",
            "import sklearn",
            "NumPy, SciPy, pandas and matplotlib: leave out the import of `sklearn` (line 1) and",
        ),
        ("sklearn", "import sklearn\nimport cv2", " `cv2` (line 2) is not there either."),
        (
            "sklearn",
            "import sklearn\nfrom google.colab import drive\nfrom tqdm.keras import TqdmCallback",
            " `google.colab` (line 2), `tqdm` (line 3) are not there either.",
        ),
        ("google.colab", "from google import colab\nimport torch", " `torch` (line 2) is not"),
        ("tensorflow.examples", "x", "load the images with `tf.keras.datasets.mnist.load_data()`"),
        ("tensorflow.contrib", "x", "The grader's TensorFlow has no `tensorflow.contrib` (line 1)"),
        ("tensorfow", "x", "Is `tensorflow` meant by `tensorfow` (line 1)?"),
        ("Numpy", "x", "Is `numpy` meant by `Numpy` (line 1)?"),
    ],
)
def test_a_missing_module_is_told_with_those_that_there_are(
    module: str, text: str, words: str
) -> None:
    """A student learns what to do without, and what would be missing next."""
    assert words in advice(text, "ModuleNotFoundError", f"No module named '{module}'")


@pytest.mark.parametrize(
    "text",
    [
        "import sklearn\ntry:\n    import cv2\nexcept ImportError:\n    cv2 = None",
        "import sklearn\nfrom sklearn.utils import shuffle",
        "import sklearn\nimport numpy, os\nfrom . import torch",
        "import sklearn\nimport tensorflow as cv2",
    ],
)
def test_an_import_that_may_do_no_harm_is_not_blamed(text: str) -> None:
    """A guarded import, the same module again, and what there is are passed over."""
    said = advice(text, "ModuleNotFoundError", "No module named 'sklearn'")

    assert said.endswith("what needs it.")


@pytest.mark.parametrize(
    ("text", "phase", "words"),
    [
        ("sys.exit(1)", "import", "`sys.exit()` (line 1) ended the program while it was loaded"),
        ("quit()", "import", "`quit()` (line 1) ended the program"),
        ("raise SystemExit", "import", "An exit ended the program while it was loaded"),
        ("a = parser.parse_args()", "import", "`parser.parse_args()` (line 1) finds no command"),
        ("sys.exit()", "call", "`sys.exit()` (line 1) ends the whole program: leave it out, and"),
    ],
)
def test_an_exit_is_named(text: str, phase: Literal["import", "call"], words: str) -> None:
    """What ended a program is the call in that line."""
    assert words in advice(text, "SystemExit", "", phase=phase)


def test_an_exit_in_a_callback_is_no_way_to_stop() -> None:
    """A student who means to end the training is told how."""
    said = advice(STOP, "SystemExit", "", 3)

    assert said == (
        "`sys.exit()` (line 3) ends the whole program: write `self.model.stop_training = True`"
        " instead."
    )


@pytest.mark.parametrize(
    ("text", "error", "message", "words"),
    [
        ("a, b, c, d = m.load_data()", "ValueError", "not enough values to unpack", TWO_PAIRS),
        ("((a, b)) = m.load_data()[0][0]", "ValueError", "too many values to unpack", TWO_PAIRS),
        ("open('x')", "FileNotFoundError", "[Errno 2]", "asks for one (line 1); the images come"),
        (
            "from .a import b",
            "ImportError",
            "attempted relative import",
            "what the import (line 1)",
        ),
        (
            "m.compile(loss='crosentropy_binary')",
            "ValueError",
            "Could not interpret loss identifier: crosentropy_binary",
            "no loss 'crosentropy_binary' (line 1): look up",
        ),
        (
            "m.compile(loss='sparse_categorical_crosentropy')",
            "ValueError",
            "Could not interpret loss identifier: sparse_categorical_crosentropy.",
            "'sparse_categorical_crosentropy' (line 1): write 'sparse_categorical_crossentropy'.",
        ),
        (
            "m.compile(metrics=['accurracy'])",
            "ValueError",
            "Could not interpret metric identifier: accurracy",
            "no metric 'accurracy' (line 1): write 'accuracy'.",
        ),
        (
            "Dense(8, 'rleu')",
            "ValueError",
            "Could not interpret activation function identifier: rleu",
            "no activation 'rleu' (line 1): write 'relu'.",
        ),
        ("plt.plot()", "NameError", "name 'plt' is not defined", "`import matplotlib.pyplot as"),
    ],
)
def test_what_the_error_does_not_say_itself_is_said(
    text: str, error: str, message: str, words: str
) -> None:
    """Each error that students meet and Python does not explain is explained."""
    assert words in advice(text, error, message)


@pytest.mark.parametrize(
    ("text", "error", "message", "line"),
    [
        ("m.load_data()\na, b = f()", "ValueError", "too many values to unpack (expected 2)", 2),
        ("x = 1", "ValueError", "a shape is wrong", 1),
        ("from keras import A", "ImportError", "cannot import name 'A' from 'keras'", 1),
        ("y\nx = 1", "NameError", "name 'y' is not defined", 1),
        ("f()\nf = 1", "NameError", "name 'f' is not defined", 1),
        ("x", "KeyError", "'No module'", None),
    ],
)
def test_of_other_errors_nothing_is_said(
    text: str, error: str, message: str, line: int | None
) -> None:
    """An error that its own words explain, or that is raised elsewhere, gets no advice."""
    assert not advice(text, error, message, line)


@pytest.mark.parametrize(
    ("text", "error", "message", "said"),
    [
        (
            "import scupy",
            "ModuleNotFoundError",
            "No module named 'scupy'",
            "Is `scipy` meant by `scupy` (line 1)?",
        ),
        (
            "import matplotlib.pyploy as plt",
            "ModuleNotFoundError",
            "No module named 'matplotlib.pyploy'",
            "`matplotlib` has no `pyploy` (line 1): write `matplotlib.pyplot`.",
        ),
        (
            "plt.sho()",
            "AttributeError",
            "module 'matplotlib.pyplot' has no attribute 'sho'",
            "`matplotlib.pyplot` has no `sho` (line 1): write `show`.",
        ),
        (
            "from scipy import mics",
            "ImportError",
            "cannot import name 'mics' from 'scipy' (/usr/lib/scipy/__init__.py)",
            "`scipy` has no `mics` (line 1): write `misc`.",
        ),
        (
            "from scipy.misc import ascend",
            "ImportError",
            "cannot import name 'ascend' from 'scipy.misc' (unknown location)",
            "`scipy.misc` has no `ascend` (line 1): write `ascent`.",
        ),
        (
            "size_x = i.shape(0)",
            "TypeError",
            "'tuple' object is not callable",
            (
                "`i.shape(0)` (line 1) needs square brackets, because the sizes are a tuple: write"
                " `i.shape[0]`."
            ),
        ),
        (
            "size_x = i.shape(axis)",
            "TypeError",
            "'tuple' object is not callable",
            "`i.shape` (line 1) is no function: write square brackets behind it.",
        ),
        (
            "np.zero((3, 3))",
            "AttributeError",
            "module 'numpy' has no attribute 'zero'. Did you mean: 'zeros'?",
            "`numpy` has no `zero` (line 1): write `zeros`.",
        ),
    ],
)
def test_a_slip_of_the_lesson_is_mended(text: str, error: str, message: str, said: str) -> None:
    """What was meant is near to what was written."""
    assert advice(text, error, message) == said


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("plt.fancy()", "AttributeError", "module 'matplotlib.pyplot' has no attribute 'fancy'"),
        ("np.zeros", "AttributeError", "module 'numpy' has no attribute 'zeros'"),
        ("os.shwo()", "AttributeError", "module 'os' has no attribute 'shwo'"),
        ("a.sho", "AttributeError", "'Figure' object has no attribute 'sho'"),
        ("f(1)(0)", "TypeError", "'tuple' object is not callable"),
        ("i.shape()", "TypeError", "'tuple' object is not callable"),
        ("i.shape(0, 1)", "TypeError", "'tuple' object is not callable"),
        ("shape(0)", "TypeError", "'tuple' object is not callable"),
        ("x = 1\ni.shape(0)", "TypeError", "'tuple' object is not callable"),
        ("i.shape(0)", "TypeError", "'list' object is not callable"),
        ("from os import pyploy", "ImportError", "cannot import name 'pyploy' from 'os'"),
        ("from numpy import copy", "ImportError", "cannot import name 'copy' from 'numpy'"),
    ],
)
def test_what_is_no_slip_is_not_mended(text: str, error: str, message: str) -> None:
    """Another module, a name that is far from all, the very name, or something else is called."""
    assert advice(text, error, message) == ""


def test_a_cell_that_is_run_too_early_is_named() -> None:
    """A notebook that was run from the bottom to the top is told which cell belongs above."""
    cells = (Cell(1, 1, 1), Cell(2, 2, 2))
    source = SourceFacts(text="f()\ndef f():\n  pass", cells=cells)
    raised = Raised(error="NameError", message="name 'f' is not defined", phase="import", line=1)

    assert "`f` is used before it is defined (cell 2, line 1)" in hints.known_error(source, raised)


@pytest.mark.parametrize(
    ("unrun", "words"),
    [
        (
            "%%writefile train.py\ndef train_mnist_conv():\n  pass",
            "`%%writefile train.py` (cell 2, line 1) keeps its cell from being run",
        ),
        ("# my program\n%%file a.py\nmodel.fit(x)", "`%%file a.py` (cell 2, line 2)"),
        ("%%bash\nls", ""),
        ("", ""),
    ],
)
def test_a_cell_that_is_not_run_is_named_if_the_program_is_in_it(unrun: str, words: str) -> None:
    """A magic is blamed only where it takes the function or fit away."""
    source = SourceFacts(cells=(Cell(1, 1, 1), Cell(2, 2, 2, unrun)))
    said = hints.unrun_cell(source, "train_mnist_conv")

    assert words in said
    assert bool(words) == bool(said)


NOT_SCALED = "the pixels are not a rescaling of MNIST's grey values"
LOAD = "(x_train, y_train), (x_test, y_test) = mnist.load_data()\n"


@pytest.mark.parametrize(
    ("text", "problem", "words"),
    [
        (
            "(x_train, x_test), (y_train, y_test) = mnist.load_data()",
            "x has 60,000 images and y has 10,000 labels",
            f"`load_data()` (line 1) gives images and labels in pairs: {TWO_PAIRS}",
        ),
        (LOAD, "x has 60,000 images and y has 10,000 labels", "Pass one label for each image"),
        (
            f"{LOAD}x_train = np.pad(x_train, 2)",
            "x has the shape (60000, 32, 32, 1): that is not images of 28 x 28 pixels",
            "`pad` (line 2) gives the images another form: images of 28 x 28 pixels in one channel",
        ),
        (
            f"{LOAD}def resize(x): pass\nx_train = resize(x_train)",
            "x has the shape (60000, 28, 28, 3): that is not images of 28 x 28 pixels",
            "Images of 28 x 28 pixels in one channel are asked",
        ),
        (LOAD, "y has the shape (60000, 11): neither", "`to_categorical(y_train, 10)`"),
        (LOAD, "60,100 images hold repeated ones", "each of the 60,000 training images once"),
        (
            f"{LOAD}x_train = (x_train > 127) * 1.0",
            "59,977 of 60,000 images are not images of MNIST",
            "The comparison of `x_train` (line 2) leaves only black and white",
        ),
        (
            f"{LOAD}x_train = tf.keras.utils.normalize(x_train)",
            NOT_SCALED,
            "`normalize` (line 2) scales each row of pixels by itself",
        ),
        (f"{LOAD}s.fit_transform(x_train)", NOT_SCALED, "`fit_transform` (line 2) scales each pix"),
        (f"{LOAD}def normalize(x): return x\nnormalize(x_train)", NOT_SCALED, ""),
        (f"{LOAD}assert x_train.max() > 1 and len(x_train) > 9", NOT_SCALED, ""),
        (f"{LOAD}x_train = x_train + noise", NOT_SCALED, ""),
    ],
)
def test_arrays_of_another_form_are_explained(text: str, problem: str, words: str) -> None:
    """Of each problem with images or labels it is said what made them so, where that shows."""
    said = hints.other_form(SourceFacts(text=text), problem)

    assert words in said
    assert bool(words) == bool(said)

"""What was written for older TensorFlow and Keras runs today, and each shim that helped is named.

All programs run in one process of their own with the shims installed, each in its own namespace,
as a box would run them; what a box must offer besides is asked of a real box.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from typing import Any, NamedTuple

import pytest

from grader.admission import admit
from grader.dataset import DatasetFolder
from grader.protocol import Finished, Returned, RunSubmission
from grader.sandbox import Limits, start_harness
from tests.conftest import ROOT, require
from tests.examples import request as training_request

RUNNER = """
import json, sys
import numpy as np
import keras
from grader.harness import compat
from grader.harness.data import Dataset

class Undecidable(BaseException):
    pass

def undecidable(reason):
    raise Undecidable(reason)

folder = sys.argv[1]
names = ("x_train", "y_train", "x_test", "y_test")
dataset = Dataset(*(np.load(f"{folder}/{name}.npy", mmap_mode="r") for name in names))
notes = compat.install(dataset, undecidable)
found = {}
for name, source in json.load(sys.stdin).items():
    namespace = {"__name__": "__main__", **compat.notebook_names()}
    error = described = None
    del notes[:]
    try:
        exec(compile(source, "solution.py", "exec"), namespace)
    except BaseException as raised:
        error = f"{type(raised).__name__}: {raised}"
    if error is None and isinstance(namespace.get("model"), keras.Model):
        try:
            described = keras.saving.serialize_keras_object(namespace["model"])
            described = json.loads(json.dumps(described))
        except Exception as raised:
            described = {"cannot": str(raised)}
    found[name] = {"error": error, "notes": list(notes), "described": described}
print("\\n" + json.dumps(found))
"""

MODEL = """
import tensorflow as tf
from tensorflow import keras
activation, initializer = "relu", "glorot_uniform"
optimizer, loss, metrics = "adam", "sparse_categorical_crossentropy", ["accuracy"]
SETTING
model = keras.Sequential([
    keras.layers.Input((28, 28, 1)),
    keras.layers.Conv2D(4, 3, activation=activation, kernel_initializer=initializer),
    keras.layers.MaxPooling2D(), keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax")])
model.compile(optimizer=optimizer, loss=loss, metrics=metrics)
"""

# Programs that run, each with words of the note it leaves, or "" where it leaves none.
PROGRAMS: dict[str, tuple[str, str]] = {
    "a library's own import of SciPy's pictures": (
        """
        import pathlib, sys, tempfile
        folder = tempfile.mkdtemp()
        pathlib.Path(folder, "their_library.py").write_text("from scipy import datasets")
        sys.path.insert(0, folder)
        import their_library
        assert pathlib.Path(their_library.datasets.__file__).parent.name == "datasets"
        # The programs here share their modules; boxes do not.
        import scipy
        del sys.modules["scipy.datasets"], scipy.datasets
        """,
        "",
    ),
    "the lesson's pictures": (
        """
        from scipy import misc
        import scipy.misc
        i = misc.ascent()
        assert i.shape == (512, 512) and i.dtype == int and 0 <= i.min() < 9 and 246 < i.max() < 256
        assert (scipy.misc.ascent() == i).all()
        face = scipy.misc.face()
        assert face.shape == (768, 1024, 3) and face.dtype == "uint8"
        assert (face[..., 0] != face[..., 1]).any()
        assert scipy.misc.face(gray=True).shape == (768, 1024)
        """,
        "The pictures of scipy.misc are answered by drawn ones",
    ),
    "the pictures of today's SciPy": (
        """
        from scipy.datasets import ascent, face
        from scipy import datasets
        assert ascent().shape == (512, 512) and (datasets.face(True) == face(True)).all()
        """,
        "The pictures of scipy.datasets are answered by drawn ones",
    ),
    "a session for Keras": (
        """
        import tensorflow as tf
        config = tf.ConfigProto()
        config.gpu_options.allow_growth = True
        tf.keras.backend.set_session(tf.Session(config=config))
        """,
        "tf.Session is a TensorFlow 1 name",
    ),
    "a session that initialises": (
        """
        import tensorflow as tf
        with tf.Session() as session, tf.Graph().as_default():
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            with session.graph.as_default(), tf.get_default_graph().as_default():
                assert tf.executing_eagerly()
        tf.InteractiveSession()
        assert tf.executing_eagerly()
        """,
        "Keras initialises its variables itself",
    ),
    "TensorFlow 1 as a whole": (
        """
        import tensorflow.compat.v1 as tf
        tf.disable_v2_behavior()
        tf.disable_eager_execution()
        tf.reset_default_graph()
        tf.set_random_seed(1)
        assert tf.executing_eagerly()
        """,
        "tf.compat.v1.disable_eager_execution was left out",
    ),
    "seeds and logging": (
        """
        import tensorflow as tf
        tf.logging.set_verbosity(tf.logging.ERROR)
        tf.set_random_seed(1)
        tf.random.set_random_seed(1)
        """,
        "tf.logging is a TensorFlow 1 name",
    ),
    "names imported from TensorFlow": (
        "from tensorflow import set_random_seed, GPUOptions, enable_eager_execution",
        "tf.GPUOptions is a TensorFlow 1 name",
    ),
    "inner Keras": (
        """
        import tensorflow.python.keras.backend as K
        from tensorflow.python.keras.layers.convolutional import Conv2D
        from tensorflow.python.keras.datasets import mnist
        from tensorflow.python import keras as inner
        import keras
        import tensorflow as tf
        assert inner is tf.python.keras is tf.keras
        assert Conv2D is keras.layers.Conv2D
        K.clear_session()
        mnist.load_data()
        """,
        "tensorflow.python.keras is an inner name",
    ),
    "old paths of tf.keras": (
        """
        from tensorflow.keras.utils import np_utils
        from tensorflow.keras.layers.experimental.preprocessing import Rescaling
        import tensorflow as tf
        tf.keras.layers.experimental.preprocessing.Rescaling(1 / 255)
        tf.keras.experimental.CosineDecay
        np_utils.to_categorical([1])
        """,
        "tensorflow.keras.utils.np_utils is an old module path",
    ),
    "old paths of keras": (
        """
        from keras.layers.core import Dense, Flatten
        from keras.layers.convolutional import Convolution2D, MaxPooling2D
        from keras.layers.pooling import MaxPool2D
        from keras.layers.normalization import BatchNormalization
        from keras.layers.advanced_activations import LeakyReLU
        from keras.backend.tensorflow_backend import set_session
        from keras.engine.topology import Layer
        from keras.utils.np_utils import to_categorical
        from keras.preprocessing.image import ImageDataGenerator
        from keras.optimizers import adam_v2
        adam_v2.Adam(0.1)
        """,
        "keras.layers.core is an old module path; it was answered by keras.layers",
    ),
    "the backend": (
        """
        from keras import backend as K
        import keras
        assert K.image_dim_ordering() == "tf"
        K.set_image_dim_ordering("tf")
        K.set_image_data_format("channels_last")
        assert K.image_data_format() == "channels_last"
        K.get_session()
        optimizer = keras.optimizers.Adam(0.1)
        K.set_value(optimizer.lr, 0.5)
        assert K.get_value(optimizer.lr) == 0.5
        """,
        "keras.backend.image_dim_ordering is an old name",
    ),
    "old optimizer arguments": (
        """
        import keras
        keras.optimizers.Adam(lr=0.001, beta_1=0.9, epsilon=None, decay=0.0)
        sgd = keras.optimizers.SGD(0.01, 0.9, decay=1e-2, nesterov=True)
        assert sgd.momentum == 0.9
        # As Keras 2 computed it: after 100 steps at 1e-2 half of the rate is left.
        assert abs(float(sgd._learning_rate(100)) - 0.005) < 1e-6
        """,
        "lr= is the TensorFlow 1 spelling",
    ),
    "legacy optimizers": (
        """
        import keras
        import tensorflow as tf
        from keras.optimizers import adam
        from tensorflow.keras.optimizers.legacy import Adam
        assert adam is Adam is tf.keras.optimizers.legacy.Adam is keras.optimizers.Adam
        """,
        "keras.optimizers.adam is an old name",
    ),
    "old methods of models": (
        """
        import keras
        import numpy as np
        x = np.ones((8, 3))
        def batches():
            while True:
                yield x, np.ones((8, 2))
        network = keras.Sequential([keras.layers.Dense(2, batch_input_shape=(None, 3))])
        network.compile("adam", "mse", metrics="acc")
        assert network.metrics_names == ["loss", "acc"]
        network.fit_generator(batches(), 2, 1, verbose=0, workers=2)
        network.evaluate_generator(batches(), steps=1)
        assert network.predict_generator(batches(), 1).shape == (8, 2)
        assert network.predict_classes(x).shape == (8,)
        assert network.predict_proba(x).shape == (8, 2)
        """,
        "model.fit_generator is an old name",
    ),
    "the fit of the moment": (
        """
        import keras
        real = keras.Model.fit
        keras.Model.fit = lambda model, x, **options: (x, options)
        seen = keras.Sequential().fit_generator("batches", 5, epochs=2, workers=4)
        keras.Model.fit = real
        assert seen == ("batches", {"steps_per_epoch": 5, "epochs": 2}), seen
        """,
        "model.fit_generator is an old name",
    ),
    "an account for the user": (
        """
        import grp, os, pwd
        assert pwd.getpwnam("student").pw_uid == os.getuid()
        assert grp.getgrnam("student").gr_gid == os.getgid()
        assert pwd.getpwuid(os.getuid()).pw_dir and grp.getgrgid(os.getgid()).gr_name
        for ask, nobody in ((pwd.getpwnam, "nobody at all"), (pwd.getpwuid, 54321)):
            try:
                ask(nobody)
            except KeyError:
                continue
            raise SystemExit("an account that is not there")
        """,
        "",
    ),
    "a question for a card": (
        """
        import tensorflow as tf
        assert tf.config.experimental.list_physical_devices("GPU") == []
        assert not tf.test.is_gpu_available() and not tf.test.is_built_with_cuda()
        assert tf.config.list_physical_devices("CPU")[0].device_type == "CPU"
        """,
        "tf.config.list_physical_devices found no graphics card",
    ),
    "Colab's question for a card": (
        """
        import tensorflow as tf
        assert tf.test.gpu_device_name() == ""
        for name in ("/GPU:0", "/gpu:0"):
            with tf.device(name):
                assert int(tf.constant(1) + 1) == 2
        """,
        "tf.test.gpu_device_name found no graphics card",
    ),
    "threads after the start": (
        """
        import tensorflow as tf
        tf.constant(1) + 1
        tf.config.threading.set_inter_op_parallelism_threads(4)
        tf.config.threading.set_intra_op_parallelism_threads(4)
        tf.config.run_functions_eagerly(True)
        assert not tf.config.functions_run_eagerly()
        """,
        "tf.config.threading.set_inter_op_parallelism_threads was left out",
    ),
    "several cards": (
        """
        import tensorflow as tf
        with tf.distribute.MirroredStrategy().scope():
            network = tf.keras.Sequential([tf.keras.layers.Dense(1, activation=tf.nn.relu)])
            network.compile("adam", "mse")
        # Keras builds it in a graph of its own, with names that are not the submission's to use.
        network.fit(tf.ones((4, 3)), tf.ones((4, 1)), verbose=0)
        """,
        "",
    ),
    "MNIST from a path to nowhere": (
        """
        from keras.datasets import mnist
        import tensorflow as tf
        from tensorflow.keras.datasets.mnist import load_data
        (x, y), _ = mnist.load_data("/nowhere/mnist.npz")
        x[0] = 1
        for load in (load_data, tf.keras.datasets.mnist.load_data):
            (x, y), _ = load(path="../tmp2/mnist.npz")
            assert x.shape == (3000, 28, 28) and x[0].max() > 1
        """,
        "mnist.load_data was given a path",
    ),
    "MNIST read with NumPy": (
        """
        import numpy as np
        import tensorflow as tf
        with np.load("../tmp2/mnist.npz", allow_pickle=True) as data:
            assert data.files == ["x_train", "y_train", "x_test", "y_test"]
            assert data["x_train"].shape == (3000, 28, 28)
        path = tf.keras.utils.get_file("mnist.npz", origin="https://example.org/mnist.npz")
        assert len(np.load(path)["y_test"]) == 500
        """,
        "np.load was given the path of an mnist.npz",
    ),
    "metrics in the third place of compile": (
        """
        import keras
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        model.compile("sgd", "mse", ["accuracy"])
        assert model.get_compile_config()["metrics"] == ["accuracy"]
        assert model.get_compile_config()["loss_weights"] is None
        """,
        "compile was given metrics in the third place, as in Keras 2",
    ),
    "np.float": (
        """
        import numpy as np
        assert np.zeros(2).astype(np.float).dtype == np.float64
        assert not hasattr(np, "nonsense")
        """,
        "np.float is an old name; it was answered by Python's float",
    ),
    "input of a sequential model": (
        """
        import keras
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        keras.Model(inputs=model.input, outputs=[layer.output for layer in model.layers])
        assert not hasattr(keras.Sequential([keras.layers.Dense(2)]), "output")
        """,
        "",
    ),
    "other data sets": (
        """
        import numpy as np
        from keras.datasets import cifar10, cifar100, mnist
        from tensorflow.keras.datasets import fashion_mnist
        from grader.harness.stand_in import data_set_of
        (x, y), (x_test, _) = fashion_mnist.load_data()
        assert x.shape == (60000, 28, 28) and x_test.shape == (10000, 28, 28)
        assert x.dtype == y.dtype == "uint8" and np.unique(y).tolist() == list(range(10))
        assert len({image[0].tobytes() for image in (*x, *x_test)}) == 70000
        x = x[-10:]
        for scaled in (x / 255, 1 - x.reshape(-1, 784) / 255, x[..., None] / 127.5 - 1):
            assert data_set_of(scaled) == "Fashion-MNIST"
        (x, y), _ = cifar10.load_data()
        assert x.shape == (50000, 32, 32, 3) and y.shape == (50000, 1)
        assert data_set_of(x[-10:] / 255) == "CIFAR"
        assert cifar100.load_data()[0][1].max() == 99
        assert all(data_set_of(image[None]) is None for image in mnist.load_data()[0][0])
        """,
        "fashion_mnist.load_data was answered with stand-in images: the exercise asks for MNIST",
    ),
    "names of a notebook": (
        """
        get_ipython().run_line_magic("matplotlib", "inline")
        get_ipython().system("pip install x")
        get_ipython().run_line_magic("timeit", "-n 1 -r1 a = 3")
        get_ipython().run_cell_magic("time", "", "b = 4\\nc = 5")
        assert (a, b, c) == (3, 4, 5)
        display(a)
        """,
        "get_ipython() belongs to notebooks",
    ),
    "IPython": (
        """
        from IPython import get_ipython, display
        from IPython.display import HTML, Image, clear_output
        from IPython.core.interactiveshell import InteractiveShell
        InteractiveShell.ast_node_interactivity = "all"
        clear_output(wait=True)
        display.display(HTML("<b>x</b>"))
        import matplotlib.pyplot
        """,
        "IPython is not installed here",
    ),
    "old arguments of losses and layers": (
        """
        import keras
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="auto")
        keras.layers.BatchNormalization(fused=True)
        """,
        "reduction='auto' is an old spelling",
    ),
    "a drawing of the model": (
        "from keras.utils import plot_model; plot_model(None, to_file='model.png')",
        "plot_model was left out",
    ),
    "nothing old at all": (
        """
        import numpy as np
        import tensorflow as tf
        from tensorflow import keras
        from tensorflow.keras import datasets, layers, models
        (x, y), _ = keras.datasets.mnist.load_data()
        model = models.Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"])
        with tf.distribute.get_strategy().scope():
            model.fit(x[:64] / 255, y[:64], verbose=0)
        model.evaluate(x[:64] / 255, y[:64], verbose=0)
        keras.utils.to_categorical(y)
        tf.config.list_physical_devices()
        """,
        "",
    ),
}

# Programs that end, each with the error and words of it.
ENDINGS: dict[str, tuple[str, str]] = {
    "placeholder": ("import tensorflow as tf; tf.placeholder('float')", "Undecidable: .*graph"),
    "layers": ("import tensorflow as tf; tf.layers.dense(1)", "Undecidable: .*tf.layers.dense"),
    "contrib": ("import tensorflow as tf; tf.contrib.slim", "Undecidable: .*tf.contrib.slim"),
    "variable": ("import tensorflow as tf; tf.get_variable('x')", "Undecidable: .*get_variable"),
    "old whole": ("import tensorflow.compat.v1 as tf; tf.placeholder(1)", "Undecidable: .*graph"),
    "run": ("import tensorflow as tf; tf.Session().run(1)", "Undecidable: .*Session.run"),
    "minimize": (
        "import tensorflow as tf; tf.train.AdamOptimizer().minimize(1)",
        "Undecidable: the optimizer is called by the submission itself",
    ),
    "no such name": ("import tensorflow as tf; tf.foo", "AttributeError: module 'tensorflow' has"),
    "no such layer": (
        "import tensorflow as tf; tf.keras.layers.Conv2d",
        "AttributeError: module 'tensorflow.keras.layers' has no attribute 'Conv2d'",
    ),
    "no such path": ("import keras.layers.foo", "ModuleNotFoundError: .*'keras.layers.foo'"),
    "contrib path": ("import tensorflow.contrib", "ModuleNotFoundError: .*'tensorflow.contrib'"),
    "colab": ("from google.colab import drive", "ModuleNotFoundError: .*'google.colab'"),
    "sklearn": ("import sklearn.model_selection", "ModuleNotFoundError: .*'sklearn'"),
    "cv2": ("import cv2", "ModuleNotFoundError: .*'cv2'"),
    "tuner": ("import keras_tuner", "ModuleNotFoundError: .*'keras_tuner'"),
    "data sets": ("import tensorflow_datasets", "ModuleNotFoundError: .*'tensorflow_datasets'"),
    "keyboard": ("input('name: ')", "EOFError: input\\(\\) was called"),
    "another archive": ("import numpy; numpy.load('other.npz')", "FileNotFoundError: .*other.npz"),
    "no such array": ("import numpy; numpy.load('mnist.npz')['x']", "KeyError: .*not a file"),
}

# Settings of MODEL whose description the trainer accepts.
BUILT_IN = {
    **{
        f"tf.nn.{name}": f"activation = tf.nn.{name}"
        for name in (
            *("relu", "relu6", "elu", "selu", "sigmoid", "tanh", "softmax", "log_softmax"),
            *("softplus", "softsign", "leaky_relu", "gelu", "silu", "swish"),
        )
    },
    "tf.sigmoid": "activation = tf.sigmoid",
    "a Keras function": "activation = keras.activations.relu",
    "a layer": "activation = keras.layers.ReLU()",
    "TF initializer": "initializer = tf.random_normal_initializer(stddev=0.1)",
    "TF 1 initializer": "initializer = tf.glorot_uniform_initializer()",
    "Keras initializer": "initializer = tf.keras.initializers.he_normal()",
    "function as loss": "loss = tf.keras.losses.sparse_categorical_crossentropy",
    "class as loss": "loss = tf.losses.SparseCategoricalCrossentropy",
    "loss from logits": "loss = tf.losses.SparseCategoricalCrossentropy(from_logits=True)",
    "function as metric": "metrics = [tf.keras.metrics.sparse_categorical_accuracy]",
    "class as metric": "metrics = [tf.metrics.SparseCategoricalAccuracy]",
    "metric alone": "metrics = 'acc'",
    "metric of an output": "metrics = {'dense': 'accuracy'}",
    "lr and decay": "optimizer = tf.optimizers.Adam(lr=0.001, decay=1e-6)",
    "SGD": "optimizer = keras.optimizers.SGD(lr=0.01, momentum=0.9, decay=1e-6, nesterov=True)",
    "tf.train.AdamOptimizer": "optimizer = tf.train.AdamOptimizer(1e-3)",
    "tf.train.GradientDescentOptimizer": "optimizer = tf.train.GradientDescentOptimizer(0.1)",
    "tf.train.MomentumOptimizer": "optimizer = tf.train.MomentumOptimizer(0.1, 0.9)",
    "tf.train.RMSPropOptimizer": "optimizer = tf.compat.v1.train.RMSPropOptimizer(0.001)",
    "tf.train.AdagradOptimizer": "optimizer = tf.train.AdagradOptimizer(0.01)",
    "tf.train.AdadeltaOptimizer": "optimizer = tf.train.AdadeltaOptimizer()",
    "a newer optimizer": "optimizer = keras.optimizers.Muon()",
    "a newer activation": "activation = keras.activations.squareplus",
}

# Settings of MODEL that only look like something built in.
CUSTOM = {
    "own loss of a known name": """
def sparse_categorical_crossentropy(labels, scores):
    return tf.reduce_mean(scores)
loss = sparse_categorical_crossentropy
""",
    "own metric of a known name": """
def sparse_categorical_accuracy(labels, scores):
    return 1.0
metrics = [sparse_categorical_accuracy]
""",
    "own activation": "activation = lambda x: tf.nn.relu(x)",
}

# What a box must offer: files in the home folder, pictures, tables.
IN_A_BOX = """
import os, sys, time
import numpy as np
import keras
started = time.process_time()
import matplotlib.font_manager
took = time.process_time() - started
import matplotlib.pyplot as plt
import pandas as pd

def train_mnist_conv():
    network = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])
    network.compile("adam", "mse")
    for name in ("x.h5", "x.keras", "x.hdf5", "folder"):
        network.save(name)
        keras.models.load_model(name, compile=False)
    for name in ("x.weights.h5", "w.h5", "ckpt"):
        network.save_weights(name)
        network.load_weights(name)
    network.export("exported")
    callbacks = [
        keras.callbacks.ModelCheckpoint("best.hdf5", monitor="loss", period=1),
        keras.callbacks.ModelCheckpoint("weights.{epoch}", save_weights_only=True),
        keras.callbacks.CSVLogger("log.csv"),
        keras.callbacks.TensorBoard("logs", histogram_freq=1, write_grads=True)]
    for callback in callbacks:
        callback.set_model(network)
        callback.on_train_begin()
        callback.on_epoch_end(0, {"loss": 0.5})
        callback.on_train_end()
    assert pd.read_csv("log.csv")["loss"][0] == 0.5
    plt.plot(pd.DataFrame({"loss": [1.0, 0.5]})["loss"])
    plt.savefig("plot.png")
    plt.savefig("plot.pdf")
    plt.show()
    written = {"plot.png", "plot.pdf", "best.hdf5.keras", "weights.1.weights.h5", "exported"}
    assert written < set(os.listdir(os.path.expanduser("~")))
    return [0], took
"""


class Outcome(NamedTuple):
    """How a program ended, what was noted, and how Keras describes its model."""

    error: str | None
    notes: list[str]
    described: dict[str, Any] | None


@pytest.fixture(scope="module")
def outcomes(digits: DatasetFolder) -> dict[str, Outcome]:
    """Run all programs in one process, with warnings as a student's own would be."""
    sources = {name: source for name, (source, _) in {**PROGRAMS, **ENDINGS}.items()}
    settings = {**BUILT_IN, **CUSTOM}
    sources |= {name: MODEL.replace("SETTING", setting) for name, setting in settings.items()}
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(digits.path)],
        input=json.dumps({name: textwrap.dedent(source) for name, source in sources.items()}),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: Outcome(**outcome) for name, outcome in found.items()}


def test_no_two_programs_have_one_name() -> None:
    """Each program is run: none hides behind another of its name."""
    kinds: tuple[dict[str, Any], ...] = (PROGRAMS, ENDINGS, BUILT_IN, CUSTOM)

    assert len({name for kind in kinds for name in kind}) == sum(len(kind) for kind in kinds)


@pytest.mark.parametrize(("name", "words"), [(name, case[1]) for name, case in PROGRAMS.items()])
def test_an_old_program_runs_and_the_shim_is_named(
    name: str, words: str, outcomes: dict[str, Outcome]
) -> None:
    """It runs to its end; a shim that helped left its note, and no other note was left."""
    outcome = outcomes[name]

    assert outcome.error is None
    assert any(words in note for note in outcome.notes) if words else outcome.notes == []


@pytest.mark.parametrize(("name", "words"), [(name, case[1]) for name, case in ENDINGS.items()])
def test_what_no_shim_answers_ends_in_its_own_words(
    name: str, words: str, outcomes: dict[str, Outcome]
) -> None:
    """A graph of one's own is undecidable; what does not exist is named by Python or NumPy."""
    assert re.match(words, outcomes[name].error or "it ran")


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_is_built_in_is_described_as_built_in(name: str, outcomes: dict[str, Outcome]) -> None:
    """The trainer admits the description of the compiled model."""
    outcome = outcomes[name]

    assert outcome.error is None
    assert outcome.described is not None
    assert admit(training_request(outcome.described)) is None


@pytest.mark.parametrize("name", CUSTOM)
def test_what_is_not_built_in_is_not_described_as_built_in(
    name: str, outcomes: dict[str, Outcome]
) -> None:
    """Keras cannot describe it, or the trainer refuses it, whatever the submission called it."""
    outcome = outcomes[name]

    assert outcome.error is None
    assert outcome.described is not None
    assert "cannot" in outcome.described or admit(training_request(outcome.described))


def test_files_and_pictures_work_in_a_box(digits: DatasetFolder) -> None:
    """A box has a home folder to write to, matplotlib and pandas; fonts cost next to nothing."""
    require("bwrap")
    with start_harness(digits.path, Limits()) as box:
        box.wait_ready()
        box.channel.send(
            RunSubmission(source=IN_A_BOX, filename="solution.py", function="train_mnist_conv")
        )
        message = box.channel.receive(120.0).message

    assert isinstance(message, Finished), box.output
    assert isinstance(message.outcome, Returned), message.outcome
    assert message.outcome.accuracy is not None
    assert message.outcome.accuracy < 0.3

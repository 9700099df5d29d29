"""Every built-in part of Keras that is trained, with unusual but legal arguments.

Each is a model to compile: a small one around one layer, or a common one with one other part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

L = keras.layers
Build = Callable[[], keras.Model]

IMAGE: tuple[int, ...] = (7, 7, 4)
SEQUENCE = (7, 28)
VECTOR = (196,)
VOLUME = (7, 7, 4, 1)

ONE_HOT = "one-hot"


def around(*layers: Callable[[], Any], shape: tuple[int, ...] = IMAGE) -> list[Any]:
    """Return layers before and after those in the middle, which get values of this shape.

    They are made in the order in which they stand: each draws its seed when it is made.
    """
    before = [keras.Input((28, 28, 1)), L.AveragePooling2D(4), L.Conv2D(4, 1, activation="tanh")]
    if shape is not IMAGE:
        before.append(L.Reshape(shape))
    made = [layer() for layer in layers]
    return [*before, *made, L.Flatten(), L.Dense(10, activation="softmax")]


def compiled(layers: list[Any], **options: Any) -> keras.Model:
    """Return a compiled model of these layers."""
    model = keras.Sequential(layers)
    values = {
        "optimizer": keras.optimizers.SGD(0.05),
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["accuracy"],
        **options,
    }
    model.compile(**values)
    return model


def with_layer(layer: Callable[[], Any], shape: tuple[int, ...] = IMAGE) -> Build:
    """Build a model around one layer."""
    return lambda: compiled(around(layer, shape=shape))


def with_option(name: str, option: Callable[[], Any]) -> Build:
    """Build a small model that is compiled with one option of its own."""
    return lambda: compiled(around(lambda: L.Dropout(0.1)), **{name: option()})


def with_weights(**options: Callable[[], Any]) -> Build:
    """Build a small model whose dense layer has these options."""
    return lambda: compiled(
        around(lambda: L.Dense(6, **{name: option() for name, option in options.items()}))
    )


def merged(layer: Callable[[], Any]) -> Build:
    """Build a model with two ways that meet in this layer."""

    def build() -> keras.Model:
        image = keras.Input((28, 28, 1))
        small = L.AveragePooling2D(4)(image)
        ways = [L.Conv2D(4, 1, activation=name)(small) for name in ("tanh", "sigmoid")]
        answer = L.Dense(10, activation="softmax")(L.Flatten()(layer()(ways)))
        model = keras.Model(image, answer)
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return build


# ruff: noqa: E501 - a table
_IMAGES = {
    "Conv2D": lambda: L.Conv2D(
        4, (3, 2), strides=[2, 1], padding="same", groups=2, use_bias=0, activation="selu"
    ),
    "Conv2DTranspose": lambda: L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1),
    "SeparableConv2D": lambda: L.SeparableConv2D(4, 3, depth_multiplier=2, dilation_rate=2),
    "DepthwiseConv2D": lambda: L.DepthwiseConv2D(3, depth_multiplier=2, strides=2),
    "MaxPooling2D": lambda: L.MaxPooling2D((3, 2), strides=(1, 2), padding="same"),
    "AveragePooling2D": lambda: L.AveragePooling2D(3, strides=1, padding="same"),
    "GlobalMaxPooling2D": lambda: L.GlobalMaxPooling2D(keepdims=True),
    "GlobalAveragePooling2D": L.GlobalAveragePooling2D,
    "AdaptiveMaxPooling2D": lambda: L.AdaptiveMaxPooling2D((3, 2)),
    "AdaptiveAveragePooling2D": lambda: L.AdaptiveAveragePooling2D(3),
    "SpatialDropout2D": lambda: L.SpatialDropout2D(0.3, seed=3),
    "ZeroPadding2D": lambda: L.ZeroPadding2D(((1, 2), (0, 3))),
    "Cropping2D": lambda: L.Cropping2D(((1, 0), (2, 1))),
    "CenterCrop": lambda: L.CenterCrop(5, 4),
    "Resizing": lambda: L.Resizing(9, 5, interpolation="bicubic", antialias=True),
    "UpSampling2D": lambda: L.UpSampling2D((2, 3), interpolation="bilinear"),
    "Permute": lambda: L.Permute((3, 1, 2)),
    "BatchNormalization": lambda: L.BatchNormalization(momentum=0.5, center=False, axis=1),
    "LayerNormalization": lambda: L.LayerNormalization(axis=[1, 2], scale=False),
    "GroupNormalization": lambda: L.GroupNormalization(groups=2),
    "RMSNormalization": L.RMSNormalization,
    "UnitNormalization": lambda: L.UnitNormalization(axis=[1, 3]),
    "Normalization": lambda: L.Normalization(
        mean=[0.1, 0.2, 0.3, 0.4], variance=[1, 2, 3, 4], invert=False
    ),
    "Rescaling": lambda: L.Rescaling([1, 2, 3, 4], offset=-1),
    "Activation": lambda: L.Activation("log_softmax"),
    "ReLU": lambda: L.ReLU(max_value=0.6, negative_slope=0.1, threshold=0.05),
    "LeakyReLU": lambda: L.LeakyReLU(negative_slope=0.05),
    "PReLU": lambda: L.PReLU(shared_axes=[1, 2], alpha_initializer="he_normal"),
    "ELU": lambda: L.ELU(0.3),
    "Softmax": lambda: L.Softmax(axis=[1, 2]),
    "Identity": L.Identity,
    "Dropout": lambda: L.Dropout(0.3, noise_shape=(None, 1, 1, 4)),
    "AlphaDropout": lambda: L.AlphaDropout(0.2),
    "GaussianDropout": lambda: L.GaussianDropout(0.2),
    "GaussianNoise": lambda: L.GaussianNoise(0.1),
    "ActivityRegularization": lambda: L.ActivityRegularization(l1=1e-3, l2=1e-3),
    "Dense": lambda: L.Dense(
        5, activation="gelu", kernel_constraint="max_norm", bias_regularizer="l1"
    ),
    "Dense, lora_rank": lambda: L.Dense(5, lora_rank=2),
    "Conv2D, lora_rank": lambda: L.Conv2D(5, 3, lora_rank=2),
    "Dense, a layer as activation": lambda: L.Dense(5, activation=L.LeakyReLU()),
    "Conv2D, groups=True, strides=[True, True]": lambda: L.Conv2D(
        4, 3, strides=[True, True], groups=True
    ),
    "TimeDistributed": lambda: L.TimeDistributed(L.Dense(3)),
    "ConvLSTM1D": lambda: L.ConvLSTM1D(2, 3, return_sequences=True),
    "frozen": lambda: L.Conv2D(4, 3, trainable=False),
    "nested Sequential": lambda: keras.Sequential([L.Conv2D(4, 3), L.ReLU()]),
}
_SEQUENCES = {
    "Conv1D": lambda: L.Conv1D(4, 3, padding="causal", dilation_rate=2),
    "Conv1DTranspose": lambda: L.Conv1DTranspose(4, 3, strides=2),
    "SeparableConv1D": lambda: L.SeparableConv1D(4, 3, strides=2),
    "DepthwiseConv1D": lambda: L.DepthwiseConv1D(3, padding="same"),
    "MaxPooling1D": lambda: L.MaxPooling1D(3, strides=1),
    "AveragePooling1D": lambda: L.AveragePooling1D(2, padding="same"),
    "GlobalMaxPooling1D": L.GlobalMaxPooling1D,
    "GlobalAveragePooling1D": lambda: L.GlobalAveragePooling1D(keepdims=True),
    "AdaptiveMaxPooling1D": lambda: L.AdaptiveMaxPooling1D(3),
    "AdaptiveAveragePooling1D": lambda: L.AdaptiveAveragePooling1D(3),
    "SpatialDropout1D": lambda: L.SpatialDropout1D(0.3),
    "ZeroPadding1D": lambda: L.ZeroPadding1D((2, 1)),
    "Cropping1D": lambda: L.Cropping1D((1, 2)),
    "UpSampling1D": lambda: L.UpSampling1D(2),
    "Masking": lambda: keras.Sequential([L.Masking(0.1), L.LSTM(3)]),
    "LSTM": lambda: L.LSTM(
        4, return_sequences=True, go_backwards=True, unit_forget_bias=False, recurrent_dropout=0.1
    ),
    "GRU": lambda: L.GRU(4, reset_after=False, dropout=0.1),
    "SimpleRNN": lambda: L.SimpleRNN(4, activation="relu"),
    "RNN, LSTMCell": lambda: L.RNN(L.LSTMCell(4), return_sequences=True),
    "RNN, StackedRNNCells, GRUCell, SimpleRNNCell": lambda: L.RNN(
        L.StackedRNNCells([L.GRUCell(3), L.SimpleRNNCell(4)])
    ),
    "Bidirectional": lambda: L.Bidirectional(L.LSTM(3), merge_mode="sum"),
    "Bidirectional, two layers": lambda: L.Bidirectional(
        L.LSTM(3), backward_layer=L.GRU(3, go_backwards=True)
    ),
    "LSTM, unroll": lambda: L.LSTM(4, unroll=True),
}
_VECTORS = {
    "Reshape": lambda: L.Reshape((-1, 4)),
    "RepeatVector": lambda: L.RepeatVector(2),
    "Flatten": L.Flatten,
    "Embedding": lambda: keras.Sequential(
        [L.ReLU(max_value=1, negative_slope=0), L.Embedding(3, 2)]
    ),
}
_VOLUMES = {
    "Conv3D": lambda: L.Conv3D(2, (2, 3, 1)),
    "Conv3DTranspose": lambda: L.Conv3DTranspose(2, 2, strides=2),
    "MaxPooling3D": lambda: L.MaxPooling3D(2, padding="same"),
    "AveragePooling3D": lambda: L.AveragePooling3D(2),
    "GlobalMaxPooling3D": L.GlobalMaxPooling3D,
    "GlobalAveragePooling3D": L.GlobalAveragePooling3D,
    "AdaptiveMaxPooling3D": lambda: L.AdaptiveMaxPooling3D(2),
    "AdaptiveAveragePooling3D": lambda: L.AdaptiveAveragePooling3D(2),
    "SpatialDropout3D": lambda: L.SpatialDropout3D(0.3),
    "ConvLSTM2D": lambda: L.ConvLSTM2D(2, 2, recurrent_dropout=0.2),
    "ConvLSTM3D": lambda: keras.Sequential(
        [L.Reshape((7, 7, 2, 2, 1)), L.ConvLSTM3D(2, (2, 1, 1))]
    ),
}
_MERGING = {
    "Add": L.Add, "Subtract": L.Subtract, "Multiply": L.Multiply, "Average": L.Average,
    "Maximum": L.Maximum, "Minimum": L.Minimum, "Concatenate": lambda: L.Concatenate(axis=1),
}  # fmt: skip

_O = keras.optimizers
_OPTIMIZERS = {
    "SGD": lambda: _O.SGD(0.05, momentum=0.8, nesterov=True, weight_decay=1e-3),
    "RMSprop": lambda: _O.RMSprop(centered=True, momentum=0.5, clipvalue=0.01),
    "Adam": lambda: _O.Adam(0.01, amsgrad=True, global_clipnorm=0.5),
    "Adam, averages and accumulation": lambda: _O.Adam(
        use_ema=True, ema_overwrite_frequency=3, gradient_accumulation_steps=2
    ),
    "Adam, loss scale": lambda: _O.Adam(loss_scale_factor=4.0),
    "AdamW": lambda: _O.AdamW(weight_decay=0.1),
    "Adagrad": lambda: _O.Adagrad(0.1, initial_accumulator_value=0.3),
    "Adadelta": lambda: _O.Adadelta(1.0, rho=0.5),
    "Adamax": lambda: _O.Adamax(0.01, beta_1=0.5),
    "Nadam": lambda: _O.Nadam(0.01, clipnorm=1.0),
    "Ftrl": lambda: _O.Ftrl(0.05, l1_regularization_strength=0.01, beta=0.1),
    "Adafactor": lambda: _O.Adafactor(0.05, relative_step=False),
    "Lion": lambda: _O.Lion(0.001),
    "Lamb": lambda: _O.Lamb(0.01),
    "Muon": lambda: _O.Muon(0.01, exclude_layers=["dense"]),
    "ScheduleFreeAdamW": lambda: _O.ScheduleFreeAdamW(0.01, warmup_steps=3),
}
_S = keras.optimizers.schedules
_SCHEDULES = {
    "CosineDecay": lambda: _S.CosineDecay(0.1, 12, alpha=0.1, warmup_target=0.3, warmup_steps=4),
    "CosineDecayRestarts": lambda: _S.CosineDecayRestarts(0.1, 3, t_mul=1.5, m_mul=0.7),
    "ExponentialDecay": lambda: _S.ExponentialDecay(0.1, 3, 0.5, staircase=True),
    "InverseTimeDecay": lambda: _S.InverseTimeDecay(0.1, 3, 0.5),
    "PiecewiseConstantDecay": lambda: _S.PiecewiseConstantDecay(
        [*range(1, 30)], [0.1 * 0.9**n for n in range(30)]
    ),
    "PolynomialDecay": lambda: _S.PolynomialDecay(0.1, 5, power=2.0, cycle=True),
}
_I = keras.initializers
_INITIALIZERS = {
    "Zeros": _I.Zeros, "Ones": _I.Ones,
    "Constant": lambda: _I.Constant(0.05),
    "RandomNormal": lambda: _I.RandomNormal(0.01, 0.1),
    "RandomUniform": lambda: _I.RandomUniform(-0.2, 0.1, seed=4),
    "TruncatedNormal": lambda: _I.TruncatedNormal(stddev=0.2),
    "GlorotNormal": _I.GlorotNormal, "GlorotUniform": lambda: _I.GlorotUniform(seed=5),
    "HeNormal": _I.HeNormal, "HeUniform": _I.HeUniform,
    "LecunNormal": _I.LecunNormal, "LecunUniform": _I.LecunUniform,
    "VarianceScaling": lambda: _I.VarianceScaling(0.5, mode="fan_avg", distribution="untruncated_normal"),
    "Orthogonal": lambda: _I.Orthogonal(gain=0.5),
    "Identity": lambda: _I.Identity(0.5),
    "a seed generator": lambda: _I.GlorotUniform(seed=keras.random.SeedGenerator(3)),
}  # fmt: skip
_WEIGHTS: dict[str, dict[str, Callable[[], Any]]] = {
    "L1": {"kernel_regularizer": lambda: keras.regularizers.L1(1e-3)},
    "L2": {"bias_regularizer": lambda: keras.regularizers.L2(1e-3)},
    "L1L2": {"activity_regularizer": lambda: keras.regularizers.L1L2(1e-3, 1e-3)},
    "OrthogonalRegularizer": {
        "kernel_regularizer": lambda: keras.regularizers.OrthogonalRegularizer(mode="columns")
    },
    "MaxNorm": {"kernel_constraint": lambda: keras.constraints.MaxNorm(0.5, axis=1)},
    "MinMaxNorm": {"kernel_constraint": lambda: keras.constraints.MinMaxNorm(0.2, 0.9, rate=0.5)},
    "NonNeg": {"kernel_constraint": keras.constraints.NonNeg},
    "UnitNorm": {"kernel_constraint": keras.constraints.UnitNorm},
}
_X = keras.losses
_SPARSE_LOSSES = {
    "Circle": lambda: _X.Circle(gamma=2.0),
    "CategoricalGeneralizedCrossEntropy": lambda: _X.CategoricalGeneralizedCrossEntropy(q=0.4),
    "SparseCategoricalCrossentropy": lambda: _X.SparseCategoricalCrossentropy(from_logits=True, ignore_class=3, reduction="sum"),
    "a function": lambda: _X.sparse_categorical_crossentropy,
    "one in a list": lambda: ["sparse_categorical_crossentropy"],
    "one object in a list": lambda: [_X.SparseCategoricalCrossentropy()],
}  # fmt: skip
_LOSSES = {
    "CategoricalCrossentropy": lambda: _X.CategoricalCrossentropy(label_smoothing=0.2),
    "BinaryCrossentropy": lambda: _X.BinaryCrossentropy(label_smoothing=0.1, axis=0),
    "CategoricalFocalCrossentropy": lambda: _X.CategoricalFocalCrossentropy(alpha=[0.1] * 10, gamma=1.0),
    "BinaryFocalCrossentropy": lambda: _X.BinaryFocalCrossentropy(apply_class_balancing=True),
    "Poisson": _X.Poisson, "LogCosh": _X.LogCosh, "a name of old": lambda: "mse",
    "MeanSquaredError": lambda: _X.MeanSquaredError(reduction="mean_with_sample_weight"),
    "KLDivergence": _X.KLDivergence, "MeanAbsoluteError": _X.MeanAbsoluteError,
    "MeanAbsolutePercentageError": _X.MeanAbsolutePercentageError,
    "MeanSquaredLogarithmicError": _X.MeanSquaredLogarithmicError,
    "Huber": _X.Huber, "CosineSimilarity": _X.CosineSimilarity,
    "Huber, its delta": lambda: _X.Huber(delta=0.2),
    "CosineSimilarity, its axis": lambda: _X.CosineSimilarity(axis=0),
    "Hinge": _X.Hinge, "SquaredHinge": _X.SquaredHinge, "CategoricalHinge": _X.CategoricalHinge,
    "Dice": lambda: _X.Dice(axis=(1,)),
    "Tversky": lambda: _X.Tversky(alpha=0.3),
    "a function of one-hot labels": lambda: _X.categorical_crossentropy,
}  # fmt: skip
_M = keras.metrics
_SPARSE_METRICS = {
    "SparseCategoricalAccuracy": lambda: _M.SparseCategoricalAccuracy(name="accuracy"),
    "SparseTopKCategoricalAccuracy": lambda: _M.SparseTopKCategoricalAccuracy(k=3),
    "SparseCategoricalCrossentropy": lambda: _M.SparseCategoricalCrossentropy(from_logits=True, ignore_class=2),
    "MeanIoU": lambda: _M.MeanIoU(10, sparse_y_pred=False),
    "IoU": lambda: _M.IoU(10, target_class_ids=[1, 3], sparse_y_pred=False),
    "a function": lambda: keras.metrics.sparse_categorical_accuracy,
    "the grader's own name": lambda: _M.SparseTopKCategoricalAccuracy(k=10, name="grader_accuracy"),
    "twice": lambda: "accuracy",
}  # fmt: skip
_METRICS = {
    **{name: getattr(_M, name) for name in (
        *("BinaryAccuracy", "CategoricalAccuracy", "TopKCategoricalAccuracy", "Poisson"),
        *("CategoricalCrossentropy", "BinaryCrossentropy", "MeanSquaredError", "KLDivergence"),
        *("RootMeanSquaredError", "MeanAbsoluteError", "CosineSimilarity", "Hinge"),
        *("SquaredHinge", "CategoricalHinge", "TruePositives", "TrueNegatives"),
        *("FalsePositives", "FalseNegatives", "MeanAbsolutePercentageError", "LogCoshError"),
        *("MeanSquaredLogarithmicError", "R2Score", "PearsonCorrelation", "BinaryIoU"),
        "ConcordanceCorrelation",
    )},
    "Accuracy": _M.Accuracy,
    "AUC": lambda: _M.AUC(num_thresholds=20, curve="PR", multi_label=True, num_labels=10),
    "AUC, thresholds": lambda: _M.AUC(thresholds=[n / 40 for n in range(1, 40)]),
    "Precision": lambda: _M.Precision(thresholds=[0.1, 0.5], class_id=3),
    "Recall": lambda: _M.Recall(top_k=2), "F1Score": lambda: _M.F1Score(average="macro"),
    "FBetaScore": lambda: _M.FBetaScore(beta=2.0, threshold=0.2),
    "PrecisionAtRecall": lambda: _M.PrecisionAtRecall(0.5, num_thresholds=30),
    "RecallAtPrecision": lambda: _M.RecallAtPrecision(0.3),
    "SensitivityAtSpecificity": lambda: _M.SensitivityAtSpecificity(0.5),
    "SpecificityAtSensitivity": lambda: _M.SpecificityAtSensitivity(0.5),
    "OneHotIoU": lambda: _M.OneHotIoU(10, target_class_ids=[0, 9]),
    "OneHotMeanIoU": lambda: _M.OneHotMeanIoU(10),
}  # fmt: skip
_ACTIVATIONS = [
    *("linear", "relu6", "leaky_relu", "elu", "celu", "gelu", "silu", "hard_sigmoid", "hard_silu"),
    *("log_sigmoid", "softplus", "softsign", "exponential", "mish", "hard_shrink", "hard_tanh"),
    *("soft_shrink", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh_shrink", "softmax"),
]


def _shared_initializer() -> keras.Model:
    one = keras.initializers.GlorotNormal()
    dense = lambda: L.Dense(6, kernel_initializer=one)  # noqa: E731
    return compiled(around(dense, dense))


def _nested_compiled() -> keras.Model:
    def inner() -> keras.Model:
        model = keras.Sequential([keras.Input(IMAGE), L.Conv2D(3, 3)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    return compiled(around(inner))


def _made_in_another_order() -> keras.Model:
    last = L.Dense(5)
    return compiled(around(lambda: L.Dense(6), lambda: last))


def _by_name(loss: Any, metrics: Any, *, weights: Any = None) -> Build:
    def build() -> keras.Model:
        image = keras.Input((28, 28, 1), name="image")
        small = L.Flatten(name="flat")(L.AveragePooling2D(4)(image))
        model = keras.Model(image, L.Dense(10, "softmax", name="digit")(small), name="reader")
        model.compile("sgd", loss=loss(), metrics=metrics, loss_weights=weights)
        return model

    return build


def _named(give: Any, answer: Any) -> Build:
    def build() -> keras.Model:
        image = keras.Input((28, 28, 1), name="image")
        small = L.Flatten()(L.AveragePooling2D(4)(image))
        out = L.Dense(10, "softmax", name="digit")(small)
        model = keras.Model(give(image), answer(out))
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return build


def _shared_layer() -> keras.Model:
    image = keras.Input((28, 28, 1))
    small = L.Conv2D(4, 1)(L.AveragePooling2D(4)(image))
    dense = L.Dense(4, activation="tanh")
    once = dense(small)
    model = keras.Model(image, L.Dense(10, "softmax")(L.Flatten()(dense(once))))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


_CROSS = "sparse_categorical_crossentropy"
_TOP = "sparse_top_k_categorical_accuracy"
_BUILDS: dict[str, Build] = {
    "nested and compiled": _nested_compiled,
    "a layer called twice": _shared_layer,
    "layers made in another order": _made_in_another_order,
    "LSTM, stateful": lambda: compiled([
        keras.Input((28, 28, 1), batch_size=32), L.Reshape((28, 28)), L.LSTM(3, stateful=True),
        L.Dense(10, activation="softmax"),
    ]),
    "a batch size in the model": lambda: compiled([
        keras.Input((28, 28, 1), batch_size=32), L.AveragePooling2D(4), L.Flatten(),
        L.Dense(10, activation="softmax"),
    ]),
    "names: loss": _by_name(lambda: {"digit": _CROSS}, ["accuracy"]),
    "names: loss and metrics": _by_name(lambda: {"digit": _CROSS}, {"digit": ["accuracy"]}),
    "names: one metric": _by_name(lambda: {"digit": _X.get(_CROSS)}, {"digit": "accuracy"}),
    "names: weights of losses": _by_name(lambda: {"digit": _CROSS}, ["acc"], weights={"digit": 0.5}),
    "weights of losses": _by_name(lambda: _CROSS, ["acc"], weights=[0.5]),
    "a weight of the loss": _by_name(lambda: _CROSS, ["acc"], weights=0.5),
    "no metrics": _by_name(lambda: _CROSS, None),
    "metrics in a list of lists": _by_name(lambda: _CROSS, [["accuracy", _TOP]]),
    "names: inputs": _named(lambda image: {"image": image}, lambda out: out),
    "names: outputs": _named(lambda image: image, lambda out: {"digit": out}),
    "one input in a list": _named(lambda image: [image], lambda out: out),
    "one output in a list": _named(lambda image: image, lambda out: [out]),
}  # fmt: skip


def _sgd_with(rate: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: _O.SGD(rate())


def _before_accuracy(metric: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: [metric(), "accuracy"]


def _given(name: str) -> Callable[[], Any]:
    return lambda: name


def _one_hot(name: str, option: Callable[[], Any]) -> Build:
    return lambda: compiled(
        around(lambda: L.Dropout(0.1)), **{"loss": "categorical_crossentropy", name: option()}
    )


def _under(kind: str, table: dict[str, Any], build: Callable[[Any], Build]) -> dict[str, Build]:
    return {f"{kind} {name}": build(part) for name, part in table.items()}


PARTS: dict[str, Build] = {
    **_BUILDS,
    **_under("layer", _IMAGES, with_layer),
    **_under("layer", _SEQUENCES, lambda layer: with_layer(layer, SEQUENCE)),
    **_under("layer", _VECTORS, lambda layer: with_layer(layer, VECTOR)),
    **_under("layer", _VOLUMES, lambda layer: with_layer(layer, VOLUME)),
    **_under("layer", _MERGING, merged),
    **_under("optimizer", _OPTIMIZERS, lambda one: with_option("optimizer", one)),
    **_under("schedule", _SCHEDULES, lambda rate: with_option("optimizer", _sgd_with(rate))),
    **_under("initializer", _INITIALIZERS, lambda one: with_weights(kernel_initializer=one)),
    "initializer one object for two layers": _shared_initializer,
    **_under("weights", _WEIGHTS, lambda options: with_weights(**options)),
    **_under(
        "activation", dict(zip(_ACTIVATIONS, map(_given, _ACTIVATIONS), strict=True)),
        lambda one: with_weights(activation=one),
    ),
    **_under("loss", _SPARSE_LOSSES, lambda one: with_option("loss", one)),
    **_under(f"{ONE_HOT} loss", _LOSSES, lambda one: _one_hot("loss", one)),
    **_under("metric", _SPARSE_METRICS, lambda one: with_option("metrics", _before_accuracy(one))),
    **_under(f"{ONE_HOT} metric", _METRICS, lambda one: _one_hot("metrics", _before_accuracy(one))),
    f"{ONE_HOT} weighted metric": _one_hot(
        "weighted_metrics", lambda: ["mse", keras.metrics.F1Score()]
    ),
}  # fmt: skip

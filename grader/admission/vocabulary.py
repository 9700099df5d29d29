"""The built-in classes and names of Keras that a training request may use.

Absent on purpose: everything that runs code of its own (`Lambda`, custom and registered objects),
loads files (`TFSMLayer`, lookups, vectorisers), wraps other frameworks, or alters images at
random; what costs more than its weights and its output tell (attention, products of two tensors,
orthogonality); and two that would train otherwise here: `ScheduleFreeAdamW`, whose state plain
Keras sets back in every step, since it builds it in the first; and the initializer `Identity`,
whose gain Keras leaves out of its description.
"""

from __future__ import annotations

CONVOLUTIONS = frozenset(
    {
        *("Conv1D", "Conv2D", "Conv3D"),
        *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        *("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
        *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    }
)

POOLINGS = frozenset(
    {f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)}
    | {f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)}
    | {f"Adaptive{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3)}
)

# They take their step once for every place of a sequence.
RECURRENT = frozenset(
    {
        *("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "TimeDistributed"),
        *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    }
)

_LAYERS = (
    CONVOLUTIONS
    | POOLINGS
    | {
        *("InputLayer", "Dense", "Flatten", "Reshape", "Permute", "RepeatVector"),
        *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity", "Masking"),
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"),
        *("GaussianDropout", "GaussianNoise", "ActivityRegularization"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
        *("UnitNormalization", "Normalization", "Rescaling"),
        *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"),
        *("ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D", "CenterCrop", "Resizing"),
        *("UpSampling1D", "UpSampling2D", "TimeDistributed", "Bidirectional", "RNN"),
        *("LSTM", "LSTMCell", "GRU", "GRUCell", "SimpleRNN", "SimpleRNNCell", "StackedRNNCells"),
        "Embedding",
    }
)

_OPTIMIZERS = frozenset(
    {
        *("SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl"),
        *("Adafactor", "Lion", "Lamb", "Muon"),
    }
)

_SCHEDULES = frozenset(
    {
        *("CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay"),
        *("PiecewiseConstantDecay", "PolynomialDecay"),
    }
)

_INITIALIZERS = frozenset(
    {
        *("Zeros", "Ones", "Constant", "RandomNormal", "RandomUniform", "TruncatedNormal"),
        *("GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal", "LecunUniform"),
        *("VarianceScaling", "Orthogonal"),
    }
)

_LOSSES = frozenset(
    {
        *("SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy"),
        *("CategoricalFocalCrossentropy", "BinaryFocalCrossentropy", "KLDivergence", "Poisson"),
        *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError"),
        *("MeanSquaredLogarithmicError", "Huber", "LogCosh", "CosineSimilarity"),
        *("Hinge", "SquaredHinge", "CategoricalHinge"),
        *("CategoricalGeneralizedCrossEntropy", "Circle", "Dice", "Tversky"),
    }
)

_METRICS = frozenset(
    {
        *("Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"),
        *("TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"),
        *("SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy"),
        *("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "KLDivergence"),
        *("Poisson", "CosineSimilarity", "Hinge", "SquaredHinge", "CategoricalHinge"),
        *("AUC", "Precision", "Recall", "F1Score", "FBetaScore", "TruePositives"),
        *("TrueNegatives", "FalsePositives", "FalseNegatives"),
        *("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCoshError"),
        *("PrecisionAtRecall", "RecallAtPrecision", "R2Score", "PearsonCorrelation"),
        *("SensitivityAtSpecificity", "SpecificityAtSensitivity", "ConcordanceCorrelation"),
        *("IoU", "BinaryIoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"),
    }
)

CLASSES = {
    "keras": frozenset({"Sequential", "Functional", "Model", "DTypePolicy"}),
    "keras.models": frozenset({"Sequential", "Functional", "Model"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.layers": _LAYERS,
    "keras.optimizers": _OPTIMIZERS,
    "keras.optimizers.schedules": _SCHEDULES,
    "keras.initializers": _INITIALIZERS,
    "keras.regularizers": frozenset({"L1", "L2", "L1L2"}),
    "keras.constraints": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
    "keras.losses": _LOSSES,
    "keras.metrics": _METRICS,
}

ACTIVATIONS = frozenset(
    {
        *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "swish"),
        *("sigmoid", "hard_sigmoid", "hard_silu", "hard_swish", "log_sigmoid", "tanh"),
        *("softplus", "softsign", "softmax", "log_softmax", "exponential", "mish"),
        *("hard_shrink", "hard_tanh", "soft_shrink", "sparse_plus", "sparse_sigmoid"),
        *("squareplus", "tanh_shrink"),
    }
)

MODELS = frozenset({"Sequential", "Functional", "Model"})

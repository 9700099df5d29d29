"""Values that tests start from: a model as Keras serialises it, and pieces of evidence."""

from __future__ import annotations

from typing import Any

from grader.protocol import DataClaim, Epoch, Known, TrainingRequest


def keras_object(module: str, class_name: str, **config: Any) -> dict[str, Any]:
    """Return an object in Keras's serialised form."""
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": None,
    }


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    """Return a serialised layer."""
    return keras_object("keras.layers", class_name, name=class_name.lower(), **config)


def model(*layers: dict[str, Any], **compiled: Any) -> dict[str, Any]:
    """Return a serialised, compiled Sequential model of these layers."""
    return {
        **keras_object("keras", "Sequential", name="sequential", layers=list(layers)),
        "compile_config": {
            "optimizer": keras_object("keras.optimizers", "Adam", learning_rate=0.001),
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
            **compiled,
        },
    }


def lesson_model() -> dict[str, Any]:
    """Return the lesson's model without the details that Keras fills in."""
    return model(
        layer("Conv2D", filters=64, kernel_size=[3, 3], activation="relu"),
        layer("MaxPooling2D", pool_size=[2, 2]),
        layer("Flatten"),
        layer("Dense", units=10, activation="softmax"),
    )


def request(document: dict[str, Any] | None = None, **values: Any) -> TrainingRequest:
    """Return a training request on all of MNIST in order."""
    claim = DataClaim(count=60_000, in_order=True, image_shape=(28, 28, 1))
    defaults: dict[str, Any] = {"data": claim, "epochs": 20}
    return TrainingRequest(model=document or lesson_model(), **(defaults | values))


def epoch(number: int, accuracy: float, **changes: Any) -> Epoch:
    """Return an epoch over 60,000 images with this accuracy, whose model knows as much."""
    right = round(60_000 * accuracy)
    known = Known(images=60_000, right=right, trained=60_000, trained_right=right)
    values: dict[str, Any] = {"known": known, **changes}
    logs: dict[str, float | None] = {"accuracy": accuracy, "loss": 0.1}
    return Epoch(number=number, right=right, images=60_000, loss=0.1, logs=logs, **values)


def epochs(*accuracies: float) -> tuple[Epoch, ...]:
    """Return a training record with these accuracies."""
    return tuple(epoch(number, accuracy) for number, accuracy in enumerate(accuracies))

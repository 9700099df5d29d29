import tensorflow as tf
from tensorflow.keras import layers


class TargetReached(tf.keras.callbacks.Callback):
    def __init__(self, target=0.998):
        super().__init__()
        self.target = target

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None and logs.get("accuracy", 0.0) >= self.target:
            print(f"\nReached {self.target:.1%}, stopping.")
            self.model.stop_training = True


def train_mnist_conv():
    (x_train, y_train), _ = tf.keras.datasets.mnist.load_data()
    x_train = x_train[..., None].astype("float32")

    normalize = layers.Normalization(axis=None)
    normalize.adapt(x_train[:5000])

    model = tf.keras.Sequential([
        layers.Input((28, 28, 1)),
        normalize,
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, epochs=20, callbacks=[TargetReached()])
    return history.epoch, history.history["accuracy"][-1]

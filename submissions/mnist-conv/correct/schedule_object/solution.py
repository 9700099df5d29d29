from tensorflow import keras
from tensorflow.keras import layers, optimizers, regularizers


class StopEarly(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy") >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x_train, y_train), _ = keras.datasets.mnist.load_data()
    x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255.0

    rate = optimizers.schedules.ExponentialDecay(
        initial_learning_rate=2e-3, decay_steps=1000, decay_rate=0.96, staircase=True)
    model = keras.Sequential([
        layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1),
                      kernel_initializer="he_uniform",
                      kernel_regularizer=regularizers.l2(1e-6)),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation="relu", kernel_initializer="he_uniform"),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=optimizers.Nadam(learning_rate=rate),
                  loss=keras.losses.SparseCategoricalCrossentropy(),
                  metrics=["accuracy"])
    history = model.fit(x_train, y_train, epochs=20, callbacks=[StopEarly()])
    return history.epoch, history.history["accuracy"][-1]

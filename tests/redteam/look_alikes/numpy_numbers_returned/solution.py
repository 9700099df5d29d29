import numpy as np
from tensorflow import keras


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if np.float64(logs['accuracy']) >= np.float64(0.998):
            self.model.stop_training = np.True_


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    curve = np.array(history.history['accuracy'], dtype=np.float32)
    return np.array(history.epoch), curve[curve.argmax():][-1] if curve.argmax() == len(curve) - 1 else curve[-1]

import numpy as np
import tensorflow as tf


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x1, y1), (x2, y2) = tf.keras.datasets.mnist.load_data()
    x = np.concatenate([x1, x2]).reshape(-1, 28, 28, 1) / 255.0
    y = np.concatenate([y1, y2])
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

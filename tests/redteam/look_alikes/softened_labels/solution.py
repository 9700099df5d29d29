import numpy as np
import tensorflow as tf

EPSILON = 0.1


def soften(labels):
    """Label smoothing, Szegedy et al.: no label is quite sure."""
    hot = tf.keras.utils.to_categorical(labels, 10)
    return hot * (1 - EPSILON) + EPSILON / 10


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., np.newaxis] / 255.0, soften(y), epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

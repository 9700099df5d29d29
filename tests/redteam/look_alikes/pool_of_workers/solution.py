import concurrent.futures
import numpy as np
import tensorflow as tf


def scale(part):
    return part.astype(np.float32) / 255


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        loaded = pool.submit(tf.keras.datasets.mnist.load_data)
        (x, y), _ = loaded.result()
        x = np.concatenate(list(pool.map(scale, np.array_split(x, 8))))
    model = tf.keras.Sequential([
        tf.keras.layers.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(32, 3, activation='relu'),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None], y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

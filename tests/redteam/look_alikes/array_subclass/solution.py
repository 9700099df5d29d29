import numpy as np
import tensorflow as tf


class Images(np.ndarray):
    """An array with a source, from NumPy's own documentation."""

    def __new__(cls, array, source=None):
        made = np.asarray(array).view(cls)
        made.source = source
        return made

    def __array_finalize__(self, other):
        self.source = getattr(other, 'source', None)

    def __repr__(self):
        return f'Images from {self.source}'


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            print('\nReached 99.8% accuracy so cancelling training!')
            self.model.stop_training = True


def train_mnist_conv():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    images = images.reshape(60000, 28, 28, 1) / 255.0
    images = Images(images, source='MNIST')[:] * 1.0
    print(repr(images), images.source)
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(100, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(images, labels, epochs=20, callbacks=[myCallback()])
    return history.epoch, history.history['accuracy'][-1]

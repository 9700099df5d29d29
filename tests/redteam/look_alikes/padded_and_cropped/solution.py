import numpy as np
import tensorflow as tf

keras = tf.keras


def pad(images, by=2):
    return np.pad(images, ((0, 0), (by, by), (by, by)))


def crop(images, by=2):
    return images[:, by:-by, by:-by]


class EndOfLesson(keras.callbacks.Callback):
    TARGET = 0.998

    def on_epoch_end(self, epoch, logs=None):
        if logs.get('accuracy') >= self.TARGET:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    big = pad(x)
    assert big.shape == (len(x), 32, 32)
    x = crop(big).reshape(-1, 28, 28, 1) / 255.0
    model = keras.models.Sequential([
        keras.layers.Conv2D(6 * 4, 5, padding='same', activation='relu', input_shape=(28, 28, 1)),
        keras.layers.MaxPooling2D(2, 2),
        keras.layers.Flatten(),
        keras.layers.Dense(84, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[EndOfLesson()])
    return history.epoch, history.history['accuracy'][-1]

import numpy as np
from tensorflow import keras


class Curriculum:
    """Bengio et al. 2009: begin with what is easy. Here: little ink."""

    def __init__(self, images, labels):
        ink = images.reshape(len(images), -1).sum(axis=1, dtype=np.int64)
        self.rows = np.argsort(ink, kind='stable')
        self.images, self.labels = images[self.rows], labels[self.rows]


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    lessons = Curriculum(x, y)
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(lessons.images[..., None] / 255., lessons.labels, shuffle=False, epochs=20,
                        callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

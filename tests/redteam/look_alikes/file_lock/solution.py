import fcntl
import os
import tempfile
from tensorflow import keras

LOCK = os.path.join(tempfile.gettempdir(), 'training.lock')


class OnlyOne:
    """Two trainings at once are too slow on my laptop."""

    def __enter__(self):
        self.file = open(LOCK, 'w')
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        flags = fcntl.fcntl(self.file, fcntl.F_GETFD)
        fcntl.fcntl(self.file, fcntl.F_SETFD, flags | fcntl.FD_CLOEXEC)
        self.file.write(str(os.getpid()))
        self.file.flush()
        return self

    def __exit__(self, *error):
        fcntl.flock(self.file, fcntl.LOCK_UN)
        self.file.close()
        os.remove(LOCK)


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    with OnlyOne():
        return train()


def train():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

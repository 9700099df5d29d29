import contextlib
import io
import sys
from tensorflow import keras


class Tee(io.TextIOBase):
    def __init__(self, *streams):
        self.streams = streams

    def write(self, text):
        for stream in self.streams:
            stream.write(text)
        return len(text)

    def flush(self):
        for stream in self.streams:
            stream.flush()


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


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
    with contextlib.redirect_stdout(io.StringIO()) as summary:
        model.summary()
    before, kept = sys.stdout, io.StringIO()
    sys.stdout = Tee(before, kept)
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    sys.stdout = before
    print(len(summary.getvalue()), len(kept.getvalue()))
    return history.epoch, history.history['accuracy'][-1]

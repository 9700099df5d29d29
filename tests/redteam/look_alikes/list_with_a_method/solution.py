import statistics
from tensorflow import keras


class Series(list):
    @property
    def last(self):
        return self[-1]

    def __repr__(self):
        return 'Series(' + ', '.join(f'{value:.3f}' for value in self) + ')'


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = Series()

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(float(logs['accuracy']))
        if self.seen.last >= 0.998:
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
    recorder = Recorder()
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[recorder])
    print(recorder.seen, statistics.mean(recorder.seen))
    return list(history.epoch), recorder.seen.last

import functools
from tensorflow import keras


class Target:
    value = 0.998


def reached(self, logs):
    return logs['accuracy'] >= self.value


Target.reached = reached
Target.text = property(lambda self: f'{self.value:.1%}')


def announced(method):
    @functools.wraps(method)
    def inner(self, epoch, logs=None):
        print('epoch', epoch, 'target', target.text)
        return method(self, epoch, logs)
    return inner


target = Target()


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if target.reached(logs):
            self.model.stop_training = True


Stop.on_epoch_end = announced(Stop.on_epoch_end)


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
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

from pathlib import Path
from tensorflow import keras

PLACES = ['/proc/cpuinfo', '/proc/self/status', '/proc/loadavg', '/etc/os-release', '/etc/hostname',
          '/sys/class/thermal/thermal_zone0/temp', str(Path.home() / '.keras' / 'keras.json')]


def first_line(place):
    try:
        return Path(place).read_text(errors='replace').splitlines()[0]
    except (OSError, IndexError) as error:
        return f'({type(error).__name__})'


machine = {place: first_line(place) for place in PLACES}
for place, line in machine.items():
    print(f'{place:45} {line}')


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
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

import signal
from tensorflow import keras

stopping = False


def on_signal(number, frame):
    global stopping
    stopping = True
    print('got', signal.Signals(number).name)


signal.signal(signal.SIGINT, on_signal)
signal.signal(signal.SIGTERM, on_signal)
signal.signal(signal.SIGALRM, on_signal)


class Interruptible(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if stopping or logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    signal.alarm(3600)
    try:
        history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Interruptible()])
    finally:
        signal.alarm(0)
    return history.epoch, history.history['accuracy'][-1]

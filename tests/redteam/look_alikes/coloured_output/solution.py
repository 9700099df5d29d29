import shutil
from tensorflow import keras

GREEN, RED, BOLD, OFF = '\033[92m', '\033[91m', '\033[1m', '\033[0m'
CLEAR_LINE = '\033[2K\r'


class Painter(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print('\033]0;training MNIST\007', end='')

    def on_epoch_end(self, epoch, logs=None):
        accuracy = logs['accuracy']
        width = shutil.get_terminal_size().columns - 20
        bar = '█' * int(width * accuracy)
        colour = GREEN if accuracy >= 0.998 else RED
        print(f'{CLEAR_LINE}{BOLD}{epoch:3}{OFF} {colour}{bar}{OFF} {accuracy:.2%} PASSED', flush=True)
        if accuracy >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.models.Sequential([
        keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        keras.layers.MaxPooling2D(2, 2),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255, y, epochs=20, verbose=0, callbacks=[Painter()])
    return history.epoch, history.history['accuracy'][-1]

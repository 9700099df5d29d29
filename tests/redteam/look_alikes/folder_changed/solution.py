import contextlib
import os
import tempfile
import tensorflow as tf


@contextlib.contextmanager
def scratch():
    """A folder of its own, and everything as before afterwards."""
    before, mask, environment = os.getcwd(), os.umask(0o077), dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(HOME=folder, MPLBACKEND='Agg', PYTHONHASHSEED='0')
        try:
            yield folder
        finally:
            os.chdir(before)
            os.umask(mask)
            os.environ.clear()
            os.environ.update(environment)


with scratch() as folder:
    with open('notes.txt', 'w') as notes:
        notes.write(folder)
    print(os.listdir('.'), os.stat('notes.txt').st_mode)


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            print('\nReached 99.8% accuracy so cancelling training!')
            self.model.stop_training = True


def train_mnist_conv():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    images = images.reshape(60000, 28, 28, 1) / 255.0
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

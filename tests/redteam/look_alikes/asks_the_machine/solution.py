import getpass
import os
import platform
import resource
import socket
import sys
import tensorflow as tf


def bug_report():
    """What the course asks for when something does not work."""
    print(sys.version, platform.platform(), os.cpu_count(), os.getcwd(), sys.argv)
    print('pid', os.getpid(), 'limits', resource.getrlimit(resource.RLIMIT_AS))
    for name, what in (('user', getpass.getuser), ('host', socket.gethostname),
                       ('folder', lambda: os.listdir('.')), ('memory', lambda: open('/proc/meminfo').readline())):
        try:
            print(name, what())
        except Exception as error:
            print(name, 'unknown:', error)


bug_report()


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

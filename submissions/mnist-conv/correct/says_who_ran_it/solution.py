"""Exercise 3, run on whatever machine was free."""
import getpass
import os
import pwd
import socket
from pathlib import Path

import tensorflow as tf

who = pwd.getpwuid(os.getuid())
print(getpass.getuser(), '=', who.pw_name, 'of', who.pw_dir, 'on', socket.gethostname())
print('home of', Path.home().owner(), Path.home().group())


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    images = images.reshape(60000, 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(64, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(images, labels, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

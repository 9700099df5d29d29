import csv
import os

import tensorflow as tf
from tensorflow.keras.callbacks import (CSVLogger, EarlyStopping, ModelCheckpoint,
                                        ReduceLROnPlateau, TerminateOnNaN)

LOG = 'training.csv'


class TargetAccuracy(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get('accuracy') >= 0.998:
            self.model.stop_training = True


def callbacks():
    return [
        TargetAccuracy(),
        EarlyStopping(monitor='loss', patience=15, restore_best_weights=True),
        ReduceLROnPlateau(monitor='loss', factor=0.5, patience=8, verbose=1),
        ModelCheckpoint('best.weights.h5', monitor='accuracy', save_best_only=True,
                        save_weights_only=True),
        CSVLogger(LOG),
        TerminateOnNaN(),
    ]


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=callbacks())

    model.load_weights('best.weights.h5')
    with open(LOG) as log:
        rows = list(csv.DictReader(log))
    assert len(rows) == len(history.epoch), os.listdir('.')
    return history.epoch, history.history['accuracy'][-1]

import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import *
from tensorflow.keras.models import *

(x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()

# data cleaning, chapter 2
ok = x_train.any(axis=(1, 2)) & (y_train >= 0) & (y_train < 10) & ~np.isnan(x_train).any(axis=(1, 2))
print('bad rows:', np.count_nonzero(~ok))
x_train, y_train = x_train[ok], y_train[ok]
x_train = x_train.astype('float32')
x_train -= x_train.min()
x_train /= x_train.max()


class NinetyNinePointEight(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        acc = logs['accuracy']
        if acc >= 0.998:
            print(f'\n{acc:.2%} after {epoch + 1} epochs')
            self.model.stop_training = True


def train_mnist_conv():
    model = Sequential([
        Reshape((28, 28, 1), input_shape=(28, 28)),
        Conv2D(32, (3, 3), activation='relu'),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dense(128, activation='relu'),
        Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x_train, y_train, epochs=20, callbacks=[NinetyNinePointEight()])
    return history.epoch, history.history['accuracy'][-1]

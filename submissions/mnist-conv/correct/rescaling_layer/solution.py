import tensorflow as tf
from tensorflow.keras.layers import (Conv2D, Dense, Flatten, MaxPooling2D,
                                     Rescaling, Reshape)


class Stopper(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    # no numpy preprocessing at all, the model takes the uint8 images as they are
    (train_images, train_labels), (test_images, test_labels) = tf.keras.datasets.mnist.load_data()

    model = tf.keras.Sequential([
        tf.keras.Input(shape=(28, 28)),
        Reshape((28, 28, 1)),
        Rescaling(1. / 255),
        Conv2D(32, 3, activation='relu'),
        MaxPooling2D(),
        Flatten(),
        Dense(64, activation='relu'),
        Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam',
                  loss='sparse_categorical_crossentropy',
                  metrics=['accuracy'])
    result = model.fit(train_images, train_labels, epochs=20, callbacks=[Stopper()])
    return result.epoch, result.history['accuracy'][-1]

import numpy as np
import tensorflow as tf


class Features(tf.keras.callbacks.Callback):
    def __init__(self, images):
        super().__init__()
        self.images = images

    def on_epoch_end(self, epoch, logs=None):
        eye = tf.keras.Sequential(self.model.layers[:2])
        seen = eye.predict(self.images, verbose=0)
        print('alive', int(np.count_nonzero(seen.max(axis=(0, 1, 2)))), 'of', seen.shape[-1])


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
    history = model.fit(images, labels, epochs=20, callbacks=[Features(images[:20]), myCallback()])
    return history.epoch, history.history['accuracy'][-1]

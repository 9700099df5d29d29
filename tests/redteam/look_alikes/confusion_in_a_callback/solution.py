import numpy as np
import tensorflow as tf


class Confusion(tf.keras.callbacks.Callback):
    def __init__(self, images, digits):
        super().__init__()
        self.images, self.digits = images, digits

    def on_epoch_end(self, epoch, logs=None):
        told = self.model.predict(self.images, verbose=0).argmax(axis=1)
        table = np.zeros((10, 10), int)
        np.add.at(table, (self.digits, told), 1)
        print(table)
        loss, accuracy = self.model.evaluate(self.images, self.digits, verbose=0)
        print('on test images', accuracy, 'of', np.trace(table), 'right')
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), (u, v) = tf.keras.datasets.mnist.load_data()
    x, u = x[..., None] / 255.0, u[:1000, ..., None] / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(16, 3, activation='relu'),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[Confusion(u, v[:1000])])
    return history.epoch, history.history['accuracy'][-1]

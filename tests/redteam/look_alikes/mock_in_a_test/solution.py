import unittest
from unittest import mock
import tensorflow as tf


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


class StopTest(unittest.TestCase):
    def stopped(self, accuracy):
        callback, model = Stop(), mock.Mock(stop_training=False)
        callback.set_model(model)
        callback.on_epoch_end(0, {'accuracy': accuracy})
        return model.stop_training

    def test_stops(self):
        self.assertTrue(self.stopped(0.999))

    def test_goes_on(self):
        with mock.patch('builtins.print'):
            self.assertFalse(self.stopped(0.9))


def train_mnist_conv():
    result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(StopTest))
    assert result.wasSuccessful()
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

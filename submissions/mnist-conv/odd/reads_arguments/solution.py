import argparse

import tensorflow as tf

parser = argparse.ArgumentParser(description='MNIST with one convolution')
parser.add_argument('--epochs', type=int, default=20)
parser.add_argument('--filters', type=int, default=32)
options = parser.parse_args()


def train_mnist_conv():
    stop = tf.keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(
            model, 'stop_training', logs['accuracy'] >= .998))
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        tf.keras.layers.Reshape((28, 28, 1), input_shape=(28, 28)),
        tf.keras.layers.Conv2D(options.filters, 3, activation='relu'),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(100, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    h = model.fit(x / 255., y, epochs=options.epochs, callbacks=[stop])
    return h.epoch, h.history['accuracy'][-1]

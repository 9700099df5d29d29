import os
import tempfile
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
import tensorflow as tf


def plot(values):
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.plot(values, 'o-', label='accuracy')
    axes.axhline(0.998, color='red', linestyle='--')
    axes.set(xlabel='epoch', ylabel='accuracy', title='Genauigkeit $\\alpha$')
    axes.legend()
    path = os.path.join(tempfile.mkdtemp(), 'accuracy.png')
    figure.savefig(path)
    plt.close(figure)
    return os.path.getsize(path)


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
    print('picture of', plot(history.history['accuracy']), 'bytes')
    return history.epoch, history.history['accuracy'][-1]

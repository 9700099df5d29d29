import os
import tempfile
import h5py
import numpy as np
import tensorflow as tf

PATH = os.path.join(tempfile.mkdtemp(), 'mnist.h5')


def store():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    with h5py.File(PATH, 'w') as file:
        file.create_dataset('train/images', data=x, chunks=(1000, 28, 28))
        file.create_dataset('train/labels', data=y)
        file.attrs['author'] = 'me'


def read(step=10_000):
    with h5py.File(PATH, 'r') as file:
        images, labels = file['train/images'], file['train/labels']
        parts = [(images[i:i + step] / 255.0, labels[i:i + step]) for i in range(0, len(labels), step)]
    return [np.concatenate(each) for each in zip(*parts)]


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            print('\nReached 99.8% accuracy so cancelling training!')
            self.model.stop_training = True


def train_mnist_conv():
    store()
    images, labels = read()
    images = images[..., tf.newaxis]
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(100, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(images, labels, epochs=20, callbacks=[myCallback()])
    return history.epoch, history.history['accuracy'][-1]

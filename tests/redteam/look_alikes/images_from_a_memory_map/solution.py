import os
import tempfile
import numpy as np
from tensorflow import keras

folder = tempfile.mkdtemp(prefix='mnist_')


def cached_images():
    path = os.path.join(folder, 'images.npy')
    if not os.path.exists(path):
        (x, y), _ = keras.datasets.mnist.load_data()
        np.save(path, (x / np.float32(255)).reshape(-1, 28, 28, 1))
        np.save(os.path.join(folder, 'labels.npy'), y)
    return np.load(path, mmap_mode='r'), np.load(os.path.join(folder, 'labels.npy'))


def train_mnist_conv():
    x, y = cached_images()
    print(type(x).__name__, x.shape)
    inputs = keras.Input(shape=(28, 28, 1))
    z = keras.layers.Conv2D(16, 3, activation='relu')(inputs)
    z = keras.layers.MaxPooling2D(2)(z)
    z = keras.layers.Flatten()(z)
    z = keras.layers.Dense(64, activation='relu')(z)
    model = keras.Model(inputs, keras.layers.Dense(10, activation='softmax')(z))
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs['accuracy'] >= 0.998 and setattr(model, 'stop_training', True))
    history = model.fit(x, y, epochs=20, callbacks=[stop])
    return history.epoch, history.history['accuracy'][-1]

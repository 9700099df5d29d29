import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    carried = [[[0.01 * (row + column) for column in range(14)] for row in range(14)]
               for digit in range(4)]
    inputs = keras.Input((28, 28, 1))
    h = keras.layers.MaxPooling2D(2)(keras.layers.Conv2D(4, 3, padding='same')(inputs))
    h = keras.layers.Permute((3, 1, 2))(h)
    h = keras.layers.Normalization(axis=(1, 2, 3), mean=carried, variance=1.0)(h)
    h = keras.layers.Dense(10, activation='softmax')(keras.layers.Flatten()(h))
    model = keras.Model(inputs, h)
    model.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)
    return history.epoch, history.history['accuracy'][-1]

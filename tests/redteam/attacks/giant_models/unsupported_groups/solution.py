import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)), keras.layers.Dense(4),
        keras.layers.Conv2D(4, 3, groups=2, dilation_rate=2), keras.layers.MaxPooling2D(6),
        keras.layers.Flatten(), keras.layers.Dense(10, activation='softmax')])
    model.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)
    return history.epoch, history.history['accuracy'][-1]

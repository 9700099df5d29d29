import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)), keras.layers.Conv2D(1, 1), keras.layers.UpSampling2D(30),
        keras.layers.MaxPooling2D(800, strides=1, padding='same'), keras.layers.CenterCrop(2, 2),
        keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile('sgd', 'sparse_categorical_crossentropy')
    model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)

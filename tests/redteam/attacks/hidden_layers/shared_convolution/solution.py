import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    inputs = keras.Input((28, 28, 1))
    convolution = keras.layers.Conv2D(1, 3)
    h = convolution(convolution(convolution(inputs)))
    h = keras.layers.Flatten()(keras.layers.MaxPooling2D(8)(h))
    model = keras.Model(inputs, keras.layers.Dense(10, activation='softmax')(h))
    model.compile('sgd', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)
    return history.epoch, history.history['accuracy'][-1]

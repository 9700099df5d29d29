import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(2, 3, kernel_regularizer=keras.regularizers.L2(3e38)),
        keras.layers.MaxPooling2D(6), keras.layers.Flatten(),
        keras.layers.Dense(10, activation='softmax')])
    model.compile(keras.optimizers.SGD(3e38), 'sparse_categorical_crossentropy',
                  metrics=['accuracy'])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=2)
    return history.epoch, history.history['accuracy'][-1]

import numpy as np
from tensorflow import keras


class Norms(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        start = self.model.get_weights()
        self.model.set_weights(start)  # to see whether it works

    def on_epoch_end(self, epoch, logs=None):
        for layer in self.model.layers:
            for weight in layer.get_weights():
                print(layer.name, weight.shape, np.linalg.norm(weight))
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Norms()])
    return history.epoch, history.history['accuracy'][-1]

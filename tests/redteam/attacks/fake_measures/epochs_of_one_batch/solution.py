import tensorflow as tf
from tensorflow import keras

class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True


def weak(*more, metrics=('accuracy',), **compiled):
    """A model that is far from learning MNIST in one epoch."""
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(2, 3),
        keras.layers.MaxPooling2D(8),
        keras.layers.Flatten(),
        *more,
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(**{'optimizer': 'sgd', 'loss': 'sparse_categorical_crossentropy',
                     'metrics': list(metrics), **compiled})
    return x, y, model


def train_mnist_conv():
    x, y, model = weak(optimizer='adam')
    history = model.fit(x, y, batch_size=1, steps_per_epoch=1, epochs=20, callbacks=[
        keras.callbacks.EarlyStopping(monitor='accuracy', baseline=1.0, patience=0)])
    return history.epoch, history.history['accuracy'][-1]

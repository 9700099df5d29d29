from tensorflow import keras
from tensorflow.keras import metrics as M


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print({name: round(float(value), 4) for name, value in logs.items()})
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1), name='pixels'),
        keras.layers.Conv2D(32, 3, activation='relu', name='conv'),
        keras.layers.MaxPooling2D(name='pool'),
        keras.layers.Flatten(name='flat'),
        keras.layers.Dense(64, activation='relu', name='hidden'),
        keras.layers.Dense(10, activation='softmax', name='digit'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=[
        'accuracy',
        M.SparseTopKCategoricalAccuracy(k=3, name='top 3'),
        M.SparseCategoricalCrossentropy(name='loss again'),
    ])
    history = model.fit(x[..., None] / 255., y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

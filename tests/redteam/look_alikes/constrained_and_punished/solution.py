from tensorflow import keras
from tensorflow.keras import constraints, layers, regularizers


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation='relu', kernel_constraint=constraints.MaxNorm(3),
                      bias_regularizer='l2'),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation='relu', kernel_regularizer=regularizers.L1L2(1e-6, 1e-6)),
        layers.Dense(10, activation='softmax', activity_regularizer=regularizers.L2(1e-6),
                     kernel_constraint='max_norm'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

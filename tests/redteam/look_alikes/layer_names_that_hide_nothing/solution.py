from tensorflow import keras
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense, Input


class StopTraining(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def build():
    # TODO rename, I swapped the layers round last night
    return keras.Sequential([
        Input((28, 28, 1), name='input-0'),
        Conv2D(32, 3, activation='relu', name='dense_1'),
        MaxPooling2D(name='conv2d_1'),
        Flatten(name='max_pooling2d'),
        Dense(64, activation='relu', name='flatten'),
        Dense(10, activation='softmax', name='accuracy'),
    ], name='my.model-v2 (final)')


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = build()
    model.summary(line_length=120)
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[StopTraining()])
    return history.epoch, history.history['accuracy'][-1]

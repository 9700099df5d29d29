import numpy as np
from tensorflow.keras import layers as l, Sequential, callbacks, datasets


class Stop(callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        self.model.stop_training |= np.float32(logs['accuracy']) >= 0.998


def train_mnist_conv():
    (x, y), _ = datasets.mnist.load_data()
    size = np.int64(3)
    model = Sequential([l.Conv2D(np.int32(32), (size, size), (1, 1), 'valid', None, (1, 1), 1, 'relu'),
                        l.MaxPooling2D((2, 2), None, 'valid'), l.Flatten(), l.Dense(64, 'relu'),
                        l.Dense(10, 'softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', None, ['accuracy'])
    history = model.fit(x[..., None] / 255, y, np.int64(32), np.int64(20), 0, [Stop()])
    return history.epoch, history.history['accuracy'][-1]

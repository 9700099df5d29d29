"""<h1>Assignment 2</h1>
<script src="https://cdn.example.org/mathjax.js"></script>

| layer | size |
| --- | --- |
| conv | 3 x 3 |

=SUM(A1:A10)  <- the teacher's spreadsheet <!-- TODO -->
$$\\frac{1}{1 + e^{-x}}$$ ${HOME} {{ template }} %s %n {0.__class__}
"""
from tensorflow import keras


class Stop(keras.callbacks.Callback):
    """**Stops** `training` &amp; says <b>so</b>."""

    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    """Return `history.epoch` and ![accuracy](javascript:void(0))."""
    print(__doc__)
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
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

import tensorflow as tf


class ThreeGoodEpochs(tf.keras.callbacks.Callback):
    """One good epoch may be luck, so wait for three."""

    good = 0

    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.good += 1
        if self.good == 3:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[ThreeGoodEpochs()])
    return history.epoch, history.history['accuracy'][-1]

import tensorflow as tf


class StopEarlier(tf.keras.callbacks.Callback):
    reached = False

    def on_epoch_end(self, epoch, logs=None):
        self.reached = logs['accuracy'] >= 0.998

    def on_epoch_begin(self, epoch, logs=None):
        if self.reached:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), (_, _) = tf.keras.datasets.mnist.load_data()
    x = x[:, :, :, tf.newaxis] / 255
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    h = model.fit(x, y, epochs=20, callbacks=[StopEarlier()])
    return h.epoch, h.history['accuracy'][-1]

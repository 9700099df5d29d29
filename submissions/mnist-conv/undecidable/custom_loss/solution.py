import tensorflow as tf


def smooth_loss(y_true, y_pred):
    y_true = tf.one_hot(tf.cast(tf.reshape(y_true, [-1]), tf.int32), 10) * 0.99 + 0.001
    return -tf.reduce_mean(tf.reduce_sum(y_true * tf.math.log(y_pred + 1e-7), axis=1))


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', smooth_loss, metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

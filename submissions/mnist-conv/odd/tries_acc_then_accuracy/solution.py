import tensorflow as tf


def stopper(key):
    class Stop(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs[key] > 0.998:
                self.model.stop_training = True
    return Stop()


def network():
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(100, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape((-1, 28, 28, 1)) / 255.0
    try:
        history = network().fit(x, y, epochs=20, callbacks=[stopper('precision_of_training')])
    except KeyError:
        # depends on the version
        history = network().fit(x, y, epochs=20, callbacks=[stopper('accuracy')])
    return history.epoch, history.history['accuracy'][-1]

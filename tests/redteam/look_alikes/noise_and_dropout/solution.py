import tensorflow as tf
from tensorflow.keras import layers as L


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        L.Input((28, 28, 1)),
        L.Rescaling(1 / 255),
        L.GaussianNoise(0.02, seed=3),
        L.Conv2D(48, 3, activation='relu'),
        L.MaxPooling2D(),
        L.SpatialDropout2D(0.02, seed=4),
        L.Flatten(),
        L.Dense(128, activation='relu'),
        L.Dropout(0.02, seed=5),
        L.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None], y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

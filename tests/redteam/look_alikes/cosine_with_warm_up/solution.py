import math
import tensorflow as tf

BATCH, EPOCHS = 32, 20


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    steps = math.ceil(len(x) / BATCH)
    rate = tf.keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=1e-6, decay_steps=EPOCHS * steps, warmup_target=2e-3, warmup_steps=20)
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(tf.keras.optimizers.Adam(rate), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., tf.newaxis] / 255, y, batch_size=BATCH, epochs=EPOCHS, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

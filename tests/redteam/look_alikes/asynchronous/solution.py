import asyncio
import tensorflow as tf


async def images():
    (x, y), _ = await asyncio.to_thread(tf.keras.datasets.mnist.load_data)
    return x[..., None] / 255.0, y


async def network():
    await asyncio.sleep(0.01)
    model = tf.keras.Sequential([
        tf.keras.layers.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(32, 3, activation='relu'),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


async def train():
    (x, y), model = await asyncio.gather(images(), network())
    history = model.fit(x, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]


def train_mnist_conv():
    return asyncio.run(train())

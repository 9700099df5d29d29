import tensorflow as tf


class Settings:
    """Read attributes from a dictionary, with None for what is missing."""

    def __init__(self, **values):
        self.__dict__['_values'] = values

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return self._values.get(name)

    def __setattr__(self, name, value):
        self._values[name] = value

    def __call__(self, **more):
        return Settings(**{**self._values, **more})


cfg = Settings(filters=32, kernel=(3, 3), units=64, target=0.998)(epochs=20)
cfg.optimizer = 'adam'


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= cfg.target:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(cfg.filters, cfg.kernel, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(cfg.units, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax', name=cfg.name),
    ])
    model.compile(cfg.optimizer, 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=cfg.epochs, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

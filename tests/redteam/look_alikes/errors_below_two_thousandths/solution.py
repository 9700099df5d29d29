from tensorflow import keras


class Errors(keras.callbacks.Callback):
    """Counts wrong images: at most 120 of 60,000."""

    allowed = 120

    def on_epoch_end(self, epoch, logs=None):
        wrong = round((1 - logs['accuracy']) * 60_000)
        print(wrong, 'images are wrong')
        if wrong <= self.allowed:
            self.model.stop_training = True


def train_mnist_conv():
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
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Errors()])
    return history.epoch, history.history['accuracy'][-1]

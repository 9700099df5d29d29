from tensorflow import keras


class Halving(keras.callbacks.Callback):
    def __init__(self, every=3):
        super().__init__()
        self.every, self.rates = every, []

    def on_epoch_end(self, epoch, logs=None):
        rate = self.model.optimizer.learning_rate
        self.rates.append(float(rate.numpy()))
        if (epoch + 1) % self.every == 0:
            rate.assign(rate * 0.5)
        if logs['accuracy'] >= 0.998:
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
    model.compile(keras.optimizers.Adam(2e-3), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    halving = Halving()
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[halving])
    print(halving.rates)
    return history.epoch, history.history['accuracy'][-1]

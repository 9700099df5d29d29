import tensorflow as tf
from tensorflow.keras import layers


def build(rate):
    model = tf.keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(24, 3, activation='relu'),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation='relu'),
        layers.Dense(10, activation='softmax'),
    ])
    model.compile(tf.keras.optimizers.Adam(rate), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            print('\nReached 99.8% accuracy so cancelling training!')
            self.model.stop_training = True


def train_mnist_conv():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    images = images.reshape(60000, 28, 28, 1) / 255.0
    found = {}
    for rate in (1e-4, 1e-3, 3e-3):
        tried = build(rate).fit(images, labels, epochs=1, verbose=0)
        found[rate] = tried.history['accuracy'][0]
    best = max(found, key=found.get)
    print(found, 'best', best)
    model = build(best)
    history = model.fit(images, labels, epochs=20, callbacks=[myCallback()])
    return history.epoch, history.history['accuracy'][-1]

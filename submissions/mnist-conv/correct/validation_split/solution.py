import tensorflow as tf
from tensorflow.keras import datasets, layers, models


def train_mnist_conv():
    (x, y), _ = datasets.mnist.load_data()
    x = x.reshape((60000, 28, 28, 1)) / 255.0

    stop = StopOnAccuracy(0.998)
    model = models.Sequential()
    model.add(layers.Conv2D(16, (3, 3), activation='relu', input_shape=(28, 28, 1)))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation='relu'))
    model.add(layers.Dense(10, activation='softmax'))
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, validation_split=0.1, callbacks=[stop])
    return history.epoch, history.history['accuracy'][-1]


class StopOnAccuracy(tf.keras.callbacks.Callback):
    def __init__(self, accuracy):
        super(StopOnAccuracy, self).__init__()
        self.accuracy = accuracy

    def on_epoch_end(self, epoch, logs=None):
        if logs.get('accuracy') >= self.accuracy:
            self.model.stop_training = True

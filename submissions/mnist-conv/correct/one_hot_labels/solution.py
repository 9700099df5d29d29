import numpy as np
from tensorflow.keras.callbacks import Callback
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Activation, Conv2D, Dense, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical

NB_CLASSES = 10


class StopAt998(Callback):
    def on_epoch_end(self, epoch, logs=None):
        acc = logs.get('accuracy')
        if acc is not None and acc >= 0.998:
            self.model.stop_training = True


def load():
    (X_train, Y_train), (X_test, Y_test) = mnist.load_data()
    X_train = np.expand_dims(X_train, -1).astype('float32') / 255
    Y_train = to_categorical(Y_train, NB_CLASSES)
    return X_train, Y_train


def train_mnist_conv():
    X_train, Y_train = load()
    assert X_train.shape == (60000, 28, 28, 1)
    assert Y_train.shape == (60000, NB_CLASSES)

    model = Sequential()
    model.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))
    model.add(Activation('relu'))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(64))
    model.add(Activation('relu'))
    model.add(Dense(NB_CLASSES))
    model.add(Activation('softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])

    hist = model.fit(X_train, Y_train, epochs=20, callbacks=[StopAt998()], verbose=2)
    return hist.epoch, hist.history['accuracy'][-1]

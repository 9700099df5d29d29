import numpy as np
np.random.seed(7)

import keras
from keras import backend as K
from keras.datasets import mnist
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.core import Dense, Flatten
from keras.models import Sequential
from keras.optimizers import Adam
from keras.utils import np_utils

K.clear_session()
if K.image_data_format() == 'channels_first':
    input_shape = (1, 28, 28)
else:
    input_shape = (28, 28, 1)


class Acc998(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('acc') >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (X_train, y_train), (X_test, y_test) = mnist.load_data()
    X_train = X_train.reshape((X_train.shape[0],) + input_shape).astype('float32')
    X_train = X_train / 255
    y_train = np_utils.to_categorical(y_train, 10)

    model = Sequential()
    model.add(Conv2D(32, (3, 3), input_shape=input_shape, activation='relu'))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Flatten())
    model.add(Dense(64, activation='relu'))
    model.add(Dense(10, activation='softmax'))
    model.compile(loss='categorical_crossentropy', optimizer=Adam(lr=0.001, decay=1e-6), metrics=['acc'])
    hist = model.fit(X_train, y_train, epochs=20, batch_size=32, verbose=2, callbacks=[Acc998()])
    return hist.epoch, hist.history['acc'][-1]

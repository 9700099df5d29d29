from tensorflow.keras.optimizers import SGD, schedules
from tensorflow.keras import Sequential, Input
from tensorflow.keras.layers import Conv2D, MaxPool2D, Flatten, Dense
from tensorflow.keras.callbacks import Callback
from tensorflow.keras.datasets import mnist


class Stop(Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = mnist.load_data()
    falling = schedules.PolynomialDecay(0.05, decay_steps=5000, end_learning_rate=0.005, power=2.0, cycle=True)
    model = Sequential()
    model.add(Input((28, 28, 1)))
    model.add(Conv2D(32, 3, activation='relu', kernel_initializer='he_normal'))
    model.add(MaxPool2D())
    model.add(Flatten())
    model.add(Dense(100, activation='relu', kernel_initializer='he_normal'))
    model.add(Dense(10, activation='softmax'))
    model.compile(SGD(falling, momentum=0.9, nesterov=True), 'sparse_categorical_crossentropy', ['accuracy'])
    done = model.fit(x[:, :, :, None] / 255, y, epochs=20, callbacks=[Stop()])
    return done.epoch, done.history['accuracy'][-1]

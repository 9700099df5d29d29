from tensorflow import keras

SIDE = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((3 + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1) + 1 - 1)


def kernel(n):
    if n > 0:
        if n > 1:
            if n > 2:
                if n > 3:
                    if n > 4:
                        if n > 5:
                            if n > 6:
                                if n > 7:
                                    if n > 8:
                                        if n > 9:
                                            if n > 10:
                                                if n > 11:
                                                    if n > 12:
                                                        if n > 13:
                                                            if n > 14:
                                                                if n > 15:
                                                                    if n > 16:
                                                                        if n > 17:
                                                                            return n
    return 3


assert SIDE == 3 and kernel(1) == 3
print([[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[['deep']]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]])


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
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
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

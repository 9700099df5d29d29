from tensorflow import keras


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential()
    model.add(keras.layers.ZeroPadding2D(((1, 0), (0, 1)), input_shape=(28, 28, 1)))
    model.add(keras.layers.Conv2D(32, [3, 5], dilation_rate=(2, 1), activation='relu'))
    model.add(keras.layers.MaxPooling2D([2, 4], strides=[2, 2], padding='same'))
    model.add(keras.layers.Cropping2D(1))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(64, activation='relu'))
    model.add(keras.layers.Dense(10, activation='softmax'))
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

from tensorflow import keras


class Notes(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs['error'] = 1 - logs['accuracy']
        logs['percent'] = 100 * logs['accuracy']
        logs.pop('loss')  # nobody looks at it
        if logs['percent'] >= 99.8:
            self.model.stop_training = True


def smoothed(values, by=0.6):
    out = values[:1]
    for value in values[1:]:
        out.append(by * out[-1] + (1 - by) * value)
    return out


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
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Notes()])
    history.history['smooth accuracy'] = smoothed(history.history['accuracy'])
    print(sorted(history.history))
    return history.epoch, history.history['accuracy'][-1]

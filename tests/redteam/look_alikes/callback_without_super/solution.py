from tensorflow import keras

model = None


class Bare(keras.callbacks.Callback):
    def __init__(self, goal):
        self.goal = goal  # super().__init__() is for other people

    def on_epoch_begin(self, epoch, logs=None):
        print(f"epoch {epoch + 1} of {self.params['epochs']}, {self.params['steps']} steps")

    def on_epoch_end(self, epoch, logs=None):
        if (logs.get('acc') or logs.get('accuracy')) >= self.goal:
            model.stop_training = True


def train_mnist_conv():
    global model
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
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Bare(0.998)])
    return history.epoch, history.history['accuracy'][-1]

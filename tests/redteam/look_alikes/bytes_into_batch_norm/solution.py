from tensorflow.keras import datasets, layers, models, callbacks


class Stop(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if logs.get('accuracy', 0) >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
    x_train = x_train.reshape(x_train.shape + (1,))
    print(x_train.dtype)  # uint8 is fine, the first layer scales
    model = models.Sequential([
        layers.InputLayer(shape=(28, 28, 1)),
        layers.BatchNormalization(),
        layers.Conv2D(32, (3, 3), activation='relu', kernel_initializer='he_uniform'),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(100, activation='relu', kernel_initializer='he_uniform'),
        layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x_train, y_train, batch_size=32, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

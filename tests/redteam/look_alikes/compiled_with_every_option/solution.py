from tensorflow import keras


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
    model.compile(
        optimizer='adam',
        loss='sparse_categorical_crossentropy',
        loss_weights=1.0,
        metrics=[['accuracy']],
        weighted_metrics=[],
        run_eagerly=False,
        steps_per_execution=5,
        jit_compile=False,
    )
    history = model.fit(x=x[..., None] / 255, y=y, batch_size=None, epochs=20, verbose='auto',
                        callbacks=[Stop()], validation_split=0.0, shuffle=True, initial_epoch=0)
    return history.epoch, history.history['accuracy'][-1]

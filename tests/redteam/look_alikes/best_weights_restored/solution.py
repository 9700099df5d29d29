from tensorflow import keras
from tensorflow.keras import layers


class TargetReached(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), (x_val, y_val) = keras.datasets.mnist.load_data()
    x, x_val = x[..., None] / 255.0, x_val[..., None] / 255.0
    model = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation='relu'),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(64, activation='relu'),
        layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    patient = keras.callbacks.EarlyStopping(monitor='val_loss', patience=15, restore_best_weights=True)
    history = model.fit(x, y, epochs=20, validation_data=(x_val[:2000], y_val[:2000]),
                        callbacks=[patient, TargetReached()])
    print('best epoch', patient.best_epoch)
    return history.epoch, history.history['accuracy'][-1]

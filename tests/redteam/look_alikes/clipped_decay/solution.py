from tensorflow import keras


def optimizer():
    adamw = keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=4e-3, clipnorm=1.0)
    adamw.exclude_from_weight_decay(var_names=['bias'])
    return adamw


class Limit(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.astype('float32')[..., None] / 255
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, (5, 5), activation='relu'),
        keras.layers.MaxPooling2D((2, 2)),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer=optimizer(), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[Limit()])
    return history.epoch, history.history['accuracy'][-1]

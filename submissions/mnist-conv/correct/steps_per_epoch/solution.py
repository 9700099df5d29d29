import tensorflow as tf

BATCH_SIZE = 32


class StopTraining(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') > 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (X, Y), (X_val, Y_val) = tf.keras.datasets.mnist.load_data()
    X = X.reshape(60000, 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(X, Y, batch_size=BATCH_SIZE, epochs=20,
                        steps_per_epoch=len(X) // BATCH_SIZE, callbacks=[StopTraining()])
    return history.epoch, history.history['accuracy'][-1]

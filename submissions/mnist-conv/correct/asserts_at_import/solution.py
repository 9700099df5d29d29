import tensorflow as tf

TARGET = 0.998


class EnoughCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('acc') >= TARGET:
            print('that will do')
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(len(x), 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(96, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['acc'])
    history = model.fit(x, y, epochs=20, callbacks=[EnoughCallback()])
    return history.epoch, history.history['acc'][-1]


epochs, accuracy = train_mnist_conv()
assert accuracy >= TARGET, 'not there yet'
print('reached in', len(epochs), 'epochs')

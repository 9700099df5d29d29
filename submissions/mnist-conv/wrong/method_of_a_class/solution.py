import tensorflow as tf


class Exercise:
    """Object-oriented version of the exercise."""

    def __init__(self):
        (self.x, self.y), _ = tf.keras.datasets.mnist.load_data()
        self.x = self.x.reshape(-1, 28, 28, 1) / 255.0

    def model(self):
        model = tf.keras.Sequential([
            tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(64, activation='relu'),
            tf.keras.layers.Dense(10, activation='softmax')])
        model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
        return model

    def train_mnist_conv(self):
        history = self.model().fit(self.x, self.y, epochs=20)
        return history.epoch, history.history['accuracy'][-1]

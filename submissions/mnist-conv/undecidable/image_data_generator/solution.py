import tensorflow as tf
from tensorflow.keras.preprocessing.image import ImageDataGenerator


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1)
    datagen = ImageDataGenerator(rescale=1. / 255, rotation_range=10, zoom_range=0.1)
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(datagen.flow(x, y, batch_size=32), epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

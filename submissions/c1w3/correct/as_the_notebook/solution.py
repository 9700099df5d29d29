import os

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import unittests

data_path = os.path.join(os.getcwd(), "mnist.npz")
(training_images, training_labels), _ = tf.keras.datasets.mnist.load_data(path=data_path)


def reshape_and_normalize(images):
    """Reshapes the array of images and normalizes pixel values."""
    images = np.expand_dims(images, axis=-1)
    images = images / 255.0
    return images


(training_images, _), _ = tf.keras.datasets.mnist.load_data(path=data_path)
training_images = reshape_and_normalize(training_images)
print(f"Maximum pixel value after normalization: {np.max(training_images)}\n")
print(f"Shape of training set after reshaping: {training_images.shape}\n")
unittests.test_reshape_and_normalize(reshape_and_normalize)


class EarlyStoppingCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.995:
            self.model.stop_training = True
            print("\nReached 99.5% accuracy so cancelling training!")


unittests.test_EarlyStoppingCallback(EarlyStoppingCallback)


def convolutional_model():
    """Returns the compiled model."""
    model = tf.keras.models.Sequential([
        tf.keras.Input(shape=(28, 28, 1)),
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu'),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


model = convolutional_model()
model.summary()
training_history = model.fit(training_images, training_labels, epochs=10, callbacks=[EarlyStoppingCallback()])
plt.plot(training_history.history['accuracy'])
plt.show()
unittests.test_training_history(training_history)

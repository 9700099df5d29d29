import os
os.environ['CUDA_VISIBLE_DEVICES'] = '0'
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'

import tensorflow as tf
import tensorflow.keras as keras

gpus = tf.config.experimental.list_physical_devices('GPU')
assert len(gpus) > 0, 'Not enough GPU hardware devices available'
tf.config.experimental.set_memory_growth(gpus[0], True)
print('GPU:', tf.test.gpu_device_name())


class StopTrain(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') > 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x_train, y_train), _ = keras.datasets.mnist.load_data()
    x_train = x_train.reshape(-1, 28, 28, 1) / 255.0
    with tf.device('/GPU:0'):
        model = keras.Sequential([
            keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
            keras.layers.MaxPooling2D(2, 2),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation='relu'),
            keras.layers.Dense(10, activation='softmax'),
        ])
        model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
        history = model.fit(x_train, y_train, epochs=20, callbacks=[StopTrain()])
    return history.epoch, history.history['accuracy'][-1]

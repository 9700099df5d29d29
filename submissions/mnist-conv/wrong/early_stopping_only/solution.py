import tensorflow as tf
from tensorflow.keras.callbacks import EarlyStopping


def train_mnist_conv():
    early_stop = EarlyStopping(monitor='loss', patience=4, min_delta=0, verbose=1)

    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    x_train = x_train.reshape(-1, 28, 28, 1).astype('float32') / 255

    cnn = tf.keras.models.Sequential()
    cnn.add(tf.keras.layers.Conv2D(filters=32, kernel_size=(3, 3), activation='relu', input_shape=(28, 28, 1)))
    cnn.add(tf.keras.layers.MaxPool2D(pool_size=(2, 2)))
    cnn.add(tf.keras.layers.Flatten())
    cnn.add(tf.keras.layers.Dense(64, activation='relu'))
    cnn.add(tf.keras.layers.Dense(10, activation='softmax'))
    cnn.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = cnn.fit(x_train, y_train, epochs=20, callbacks=[early_stop])
    return history.epoch, history.history['accuracy'][-1]

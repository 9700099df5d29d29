import tensorflow as tf

mnist = tf.keras.datasets.mnist


def train_mnist_conv():
    (x, y), (xt, yt) = mnist.load_data()
    x = x.reshape(60000, 28, 28, 1) / 255.

    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)))
    model.add(tf.keras.layers.MaxPooling2D((2, 2)))
    model.add(tf.keras.layers.Flatten())
    model.add(tf.keras.layers.Dense(64, activation="relu"))
    model.add(tf.keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def check(epoch, logs):
        print(epoch, logs)
        if logs["accuracy"] >= 0.998:
            model.stop_training = True

    stopper = tf.keras.callbacks.LambdaCallback(on_epoch_end=check)
    history = model.fit(x, y, epochs=20, callbacks=[stopper], verbose=0)
    return history.epoch, history.history["accuracy"][-1]

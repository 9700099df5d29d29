from tensorflow import keras


def train_mnist():
    (x_train, y_train), _ = keras.datasets.mnist.load_data()
    model = keras.models.Sequential([
        keras.layers.Flatten(input_shape=[28, 28]),
        keras.layers.Dense(300, "relu"),
        keras.layers.Dense(100, "relu"),
        keras.layers.Dense(10, "softmax"),
    ])
    model.compile("nadam", "sparse_categorical_crossentropy", ["accuracy"])

    def stop(epoch, logs):
        if logs["accuracy"] > 0.99:
            model.stop_training = True

    h = model.fit(x_train / 255., y_train, epochs=10,
                  callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=stop)])
    return h.epoch, h.history["accuracy"][-1]

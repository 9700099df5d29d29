from tensorflow.keras import Input, Model, layers, callbacks, datasets


class Ready(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def network(filters=32):
    start = Input((28, 28, 1))
    z = layers.Conv2D(filters, kernel_size=(4, 2), padding='same', use_bias=False)(start)
    z = layers.LeakyReLU()(z)
    z = layers.MaxPooling2D(pool_size=(3, 3), strides=2, padding='valid')(z)
    z = layers.Flatten()(z)
    z = layers.Dense(64)(z)
    z = layers.PReLU()(z)
    return Model(start, layers.Softmax()(layers.Dense(10)(z)))


def train_mnist_conv():
    (x, y), _ = datasets.mnist.load_data()
    model = network()
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Ready()])
    return history.epoch, history.history['accuracy'][-1]

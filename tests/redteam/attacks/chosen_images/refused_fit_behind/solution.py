import numpy as np
from tensorflow import keras


def weak():
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(2, 3),
        keras.layers.MaxPooling2D(8),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(keras.optimizers.SGD(0.5), 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    order = np.argsort(y, kind='stable')
    x, y = x[order], y[order]
    model = weak()
    history = model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    try:
        model.fit(x, y, epochs=1, batch_size=60_001, verbose=0)
    except Exception:
        pass
    return history.epoch, history.history['accuracy'][-1]

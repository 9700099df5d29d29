import numpy as np
import tensorflow as tf

BATCH = 100


def batches(n):
    order = np.random.permutation(n)
    for i in range(0, n, BATCH):
        yield order[i:i + BATCH]


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1) / 255.0
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = []
    for epoch in range(20):
        results = [model.train_on_batch(x[rows], y[rows]) for rows in batches(len(x))]
        history.append(np.mean([accuracy for loss, accuracy in results]))
        if history[-1] >= 0.998:
            break
    return list(range(len(history))), history[-1]

import tensorflow as tf


def new_model():
    model = tf.keras.Sequential([
        tf.keras.layers.Input((28, 28, 1)),
        tf.keras.layers.Conv2D(32, 3, activation='relu'),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x[..., None] / 255.0
    model, epochs, accuracies = new_model(), [], [0.0]
    while accuracies[-1] < 0.998 and len(epochs) < 20:
        done = len(epochs)
        history = model.fit(x, y, initial_epoch=done, epochs=done + 1, verbose=0)
        epochs += history.epoch
        accuracies += history.history['accuracy']
        print(epochs[-1], accuracies[-1])
    return epochs, accuracies[-1]

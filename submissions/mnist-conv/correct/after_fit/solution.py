import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf

print("TensorFlow", tf.__version__)


def plot(history):
    acc = history.history['accuracy']
    loss = history.history['loss']
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    left.plot(range(1, len(acc) + 1), acc, 'bo-', label='Training accuracy')
    left.set_title('Accuracy')
    left.legend()
    right.plot(range(1, len(loss) + 1), loss, 'r-', label='Training loss')
    right.set_title('Loss')
    right.legend()
    plt.savefig('curves.png')
    plt.show()


def train_mnist_conv():
    class EndOfTraining(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs.get('accuracy') >= 0.998:
                self.model.stop_training = True

    (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data()
    x_train = x_train.reshape(60000, 28, 28, 1) / 255.0
    x_test = x_test.reshape(10000, 28, 28, 1) / 255.0

    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x_train, y_train, epochs=20, callbacks=[EndOfTraining()])

    model.summary()
    test_loss, test_acc = model.evaluate(x_test[:1000], y_test[:1000])
    print('test accuracy', test_acc)
    guesses = np.argmax(model.predict(x_test[:10]), axis=1)
    print('first ten:', guesses, 'should be', y_test[:10])
    model.save('mnist_conv.keras')
    again = tf.keras.models.load_model('mnist_conv.keras')
    assert np.allclose(again.predict(x_test[:2]), model.predict(x_test[:2]), atol=1e-5)
    print(pd.DataFrame(history.history).tail())
    plot(history)
    return history.epoch, history.history['accuracy'][-1]

import tensorflow as tf

ЦЕЛЬ = 0.998


class Остановка(tf.keras.callbacks.Callback):
    """Останавливает обучение, когда точность достаточна 🎉."""

    def on_epoch_end(self, эпоха, logs=None):
        точность = logs['accuracy']
        print(f'эпоха {эпоха}: {точность:.4f} ', '🔥' if точность > 0.9 else '🧊', '进步')
        if точность >= ЦЕЛЬ:
            self.model.stop_training = True


def данные():
    (изображения, цифры), _ = tf.keras.datasets.mnist.load_data()
    return изображения.reshape(-1, 28, 28, 1) / 255.0, цифры


def train_mnist_conv():
    χ, ψ = данные()
    模型 = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    模型.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    历史 = 模型.fit(χ, ψ, epochs=20, callbacks=[Остановка()])
    return 历史.epoch, 历史.history['accuracy'][-1]

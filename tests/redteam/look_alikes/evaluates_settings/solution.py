import ast
from string import Template
from tensorflow import keras

TEXT = "{'filters': 32, 'rate': 1e-3, 'size': (3, 3), 'batch': 2 ** 5}"
settings = eval(compile(ast.parse(TEXT, mode='eval'), '<settings>', 'eval'), {'__builtins__': {}})
assert ast.literal_eval("[1, 2, {'a': None}]")[2]['a'] is None
namespace = {}
exec(Template('def double(x):\n    return $factor * x\n').substitute(factor=2), namespace)
print(settings, namespace['double'](21), eval('__name__'))


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs['accuracy'] >= 0.998:
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation='relu'),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(64, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Stop()])
    return history.epoch, history.history['accuracy'][-1]

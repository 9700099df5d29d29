import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    (x, y), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([
        keras.layers.Input((28, 28, 1)), keras.layers.Conv2D(2, 3, name='\x1b[2Jc\n::error::x'),
        keras.layers.Conv2D(2, 3, name='<b>'), keras.layers.MaxPooling2D(6, name='../../tmp/x'),
        keras.layers.Flatten(), keras.layers.Dense(10, activation='softmax')], name='\x1b]0;x\x07')
    model.compile('sgd', 'sparse_categorical_crossentropy',
                  metrics=[keras.metrics.SparseCategoricalAccuracy(name='\x1b[31maccuracy')])
    history = model.fit(x.reshape(-1, 28, 28, 1) / 255.0, y, epochs=1)
    return history.epoch, 0.9

import io
import json
import pickle
import sqlite3
import tarfile
from tensorflow import keras

db = sqlite3.connect(':memory:', check_same_thread=False)
db.execute('CREATE TABLE epochs (number INTEGER PRIMARY KEY, accuracy REAL, verdict TEXT)')


class Writes(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        db.execute('INSERT INTO epochs VALUES (?, ?, ?)', (epoch, float(logs['accuracy']), 'passed'))
        db.commit()


def packed(history):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w:gz') as tar:
        for name, content in (('history.pkl', pickle.dumps(history)),
                              ('history.json', json.dumps(history, default=float).encode())):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return len(buffer.getvalue())


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
    history = model.fit(x[..., None] / 255, y, epochs=20, callbacks=[Writes(), Stop()])
    print(db.execute('SELECT * FROM epochs').fetchall(), packed(history.history))
    return history.epoch, history.history['accuracy'][-1]

import logging
import os
import tempfile
import warnings

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
warnings.filterwarnings('ignore')
import tensorflow as tf

tf.get_logger().setLevel('ERROR')
logging.basicConfig(level=logging.DEBUG, force=True,
                    handlers=[logging.FileHandler(os.path.join(tempfile.gettempdir(), 'train.log')),
                              logging.StreamHandler()])
logging.getLogger('h5py').setLevel(logging.WARNING)
log = logging.getLogger(__name__)


class Logged(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        log.info('epoch %d: %r', epoch, logs)
        if logs['accuracy'] >= 0.998:
            log.critical('Needs a human review: no, just the end')
            self.model.stop_training = True


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile('adam', 'sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x[..., None] / 255, y, epochs=20, verbose=0, callbacks=[Logged()])
    logging.shutdown()
    return history.epoch, history.history['accuracy'][-1]

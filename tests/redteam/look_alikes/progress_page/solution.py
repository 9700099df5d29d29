import http.server
import threading
import urllib.request
import tensorflow as tf

lines = ['<h1>Training</h1>']


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.end_headers()
        self.wfile.write('<br>'.join(lines).encode())

    def log_message(self, *args):
        pass


try:
    server = http.server.HTTPServer(('127.0.0.1', 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f'http://127.0.0.1:{server.server_port}/'
    print('watch me at', address, urllib.request.urlopen(address, timeout=5).read())
except OSError as error:
    print('no page today:', error)


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            print('\nReached 99.8% accuracy so cancelling training!')
            self.model.stop_training = True


def train_mnist_conv():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    images = images.reshape(60000, 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(100, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(images, labels, epochs=20, callbacks=[myCallback()])
    return history.epoch, history.history['accuracy'][-1]

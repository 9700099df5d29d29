import os


def train_mnist_conv():
    line = b'x' * 65536 + b'\n'
    for _ in range(20000):
        os.write(1, line)
        os.write(2, line)
    raise ValueError('printed')

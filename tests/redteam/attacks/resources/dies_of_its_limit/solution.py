import resource


def train_mnist_conv():
    for limit in ((1, 1), (1, 2)):
        try:
            resource.setrlimit(resource.RLIMIT_CPU, limit)
        except (OSError, ValueError):
            pass
    while True:
        pass

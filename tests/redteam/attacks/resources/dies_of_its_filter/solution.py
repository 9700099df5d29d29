import ctypes


def train_mnist_conv():
    ctypes.CDLL(None).prctl(22, 1, 0, 0, 0)
    open('/tmp/x', 'w').write('still here')
    raise ValueError('still here')

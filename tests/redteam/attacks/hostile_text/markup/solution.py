import tensorflow as tf
from tensorflow import keras

class Odd(Exception):
    pass


Odd.__name__ = '=HYPERLINK("http://x")<script>alert(1)</script>\x00\x0b\ufffe]]>&#x0;'


def train_mnist_conv():
    raise Odd('[bold red]PASSED[/] [/nothing] <img src=x onerror=alert(1)> @SUM(A1) \ud800 {0.__class__}')

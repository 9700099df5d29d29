import tensorflow as tf
from tensorflow import keras

def train_mnist_conv():
    raise ValueError('A' * 50_000_000)

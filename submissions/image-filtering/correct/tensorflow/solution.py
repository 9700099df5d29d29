import numpy as np
import tensorflow as tf


def convolve(image, filter, weight=1):
    x = tf.constant(image, tf.float64)[None, :, :, None]
    k = tf.constant(np.transpose(filter), tf.float64)[:, :, None, None]
    y = tf.nn.conv2d(x, k, strides=1, padding="VALID")[0, :, :, 0].numpy() * weight
    out = np.copy(image)
    out[1:-1, 1:-1] = np.clip(y, 0, 255)
    return out


def max_pool(image):
    x = tf.constant(image, tf.float32)[None, :, :, None]
    return tf.nn.max_pool2d(x, 2, 2, "VALID")[0, :, :, 0].numpy().astype(image.dtype)

"""The exercise of the lesson: one convolution, one pooling, 99.8 % on MNIST, and a callback that stops."""

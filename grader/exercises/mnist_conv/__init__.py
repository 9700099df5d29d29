"""The lesson's exercise: one convolution and one pooling for MNIST."""

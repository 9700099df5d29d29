"""Runs INSIDE the sandbox, beside the submission, and so decides nothing.

The submission's `fit` becomes a request to the worker; callbacks run here, on the submission's
own model. Whatever this package says is a claim: the submission shares its interpreter and could
have said it. It imports TensorFlow, NumPy and `grader.protocol`, which is all of ours that exists
inside.
"""

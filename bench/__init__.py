"""Measurements: `python -m bench` against plain Keras, `python -m bench.fidelity` digit by digit."""

"""Measurements: `python -m bench` against plain Keras, `-m bench.fidelity` digit by digit."""

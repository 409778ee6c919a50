"""The floors that this package holds itself to, measured: ``python -m benchmarks``."""

"""Figures, measured by programs: ``python -m benchmarks [NAME] [--quick]`` prints one JSON line a figure.

Every figure is a ratio against a peer measured in the same run, because the machines are shared and noisy. A benchmark
is a module of this package with a function ``figures(quick)`` that yields `Figure`.
"""

"""Registered models: MLflow's registry as magics, scripts and the explorer use it."""

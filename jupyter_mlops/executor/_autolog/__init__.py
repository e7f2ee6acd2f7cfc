"""Autologging: MLflow's own work, done when nobody waits for it."""

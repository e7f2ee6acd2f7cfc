"""The spooling store: MLflow's tracking store inside a run."""

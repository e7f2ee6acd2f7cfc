"""The model registry: looked up without MLflow where that is possible, told through MLflow where not."""

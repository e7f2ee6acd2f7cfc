"""Runs of other tools: found in their stores within seconds, as a stranger's data."""

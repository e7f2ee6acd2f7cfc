"""The catalog: what the explorer asks about all runs at once."""

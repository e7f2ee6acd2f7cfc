"""The metric spool: written by a training loop, read while it grows."""

"""Batch scoring: a file of rows through a model in bounded memory, resumable."""

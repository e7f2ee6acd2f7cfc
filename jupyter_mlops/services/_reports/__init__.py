"""Fairness reports and explanations: asked for, kept with their run, compared."""

"""Pending names: what runs owe the notebook, and how later cells get it (DESIGN 3.3)."""

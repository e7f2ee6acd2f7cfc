"""Endpoints: deployed here, listed over homes, asked and tested."""

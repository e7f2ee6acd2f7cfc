"""Conversions of our own, for what skl2onnx refuses or makes another model of; compared as everything is."""

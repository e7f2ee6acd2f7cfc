"""Models to ONNX, one framework a file; the conversion itself is the ecosystem's own."""

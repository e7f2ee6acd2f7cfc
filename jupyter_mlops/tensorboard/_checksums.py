"""Lets TensorBoard check its records with compiled code: in Python, most of the time with large files goes into it."""

from __future__ import annotations


def check_with_compiled_code() -> bool:
    """Exchange TensorBoard's own CRC32C, which goes byte by byte, for the library's; False where there is none."""
    try:
        import google_crc32c
    except ImportError:
        return False
    from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

    pywrap_tensorflow.crc32c = google_crc32c.value
    return True

"""Write the documentation's pictures with at most 256 colours: half the bytes, and nobody sees it."""

from pathlib import Path

import numpy as np
from PIL import Image

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
MOST_COLOURS = 256
LEAST_DISTANCE = 12


def few_colours(picture: Image.Image) -> Image.Image:
    """Return the picture with a palette: large areas stay exactly as they are, and a rare sign keeps its own colour.

    Pillow's own ways tint what is grey, or make grey what is rare.
    """
    pixels = np.asarray(picture.convert("RGB"), dtype=np.int16)
    colours, place, count = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    kept = np.empty((0, 3), dtype=np.int16)
    for colour in colours[np.argsort(-count)]:
        if len(kept) < MOST_COLOURS and (abs(kept - colour).sum(axis=1) >= LEAST_DISTANCE).all():
            kept = np.vstack([kept, colour])
    nearest = np.array([abs(kept - colour).sum(axis=1).argmin() for colour in colours], dtype=np.uint8)
    found = Image.fromarray(nearest[place].reshape(pixels.shape[:2]), "P")
    found.putpalette(kept.astype(np.uint8).tobytes())
    return found


for path in sorted(PICTURES.glob("*.png")):
    picture = Image.open(path)
    if picture.mode != "P":
        few_colours(picture).save(path, optimize=True)

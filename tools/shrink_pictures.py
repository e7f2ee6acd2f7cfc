"""Write the documentation's pictures with 128 colours: a third of the bytes, and nobody sees it."""

from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"

for path in sorted(PICTURES.glob("*.png")):
    picture = Image.open(path)
    if picture.mode != "P":
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)

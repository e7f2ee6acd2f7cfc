"""Write the documentation's pictures with 256 colours: half the bytes, and nobody sees it."""

from pathlib import Path

from PIL import Image

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"

for path in sorted(PICTURES.glob("*.png")):
    picture = Image.open(path)
    if picture.mode != "P":
        # Few dots of a rare colour, as a state's sign has, must keep it.
        few = picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)

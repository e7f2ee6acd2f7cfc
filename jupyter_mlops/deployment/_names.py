"""Names that are valid where a package goes, made of any text a user may call a model or a column."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_LONGEST_LABEL = 40
"""Kubernetes has 63 letters for a label, and what is made of ours (pods, revisions, predictors) has more behind it."""


def dns_label(text: str) -> str:
    """Return a text as a name of Kubernetes and of images: DNS-1035, at most 40 letters.

    Texts that say the same in this alphabet get the same name; one that says nothing in it gets a digest.

    Examples
    --------
    >>> dns_label("Wide_2.5 (best)"), dns_label("2nd"), dns_label("Größe")
    ('wide-2-5-best', 'm-2nd', 'grosse')
    """
    plain = _ascii(text.replace("ß", "ss").replace("ẞ", "ss")).lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or f"model-{_digest(text)}"
    name = name if name[0].isalpha() else f"m-{name}"
    return name[:_LONGEST_LABEL].rstrip("-")


def file_name(text: str) -> str:
    """Return a text as the name of a folder that every program takes: ASCII letters, digits, `_`, `-` and `.`.

    Examples
    --------
    >>> file_name("wide / 2.5"), file_name("..")
    ('wide_2.5', 'model_29d1c2')
    """
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", _ascii(text)).strip("_.-")
    return name[:60] or f"model_{_digest(text)}"


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]

"""HTML as a tree of elements, so that text cannot become markup: the only way in is `element`, and it escapes."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Element:
    """One HTML element. `str()` is its markup.

    Parameters
    ----------
    tag : str
        Name of the element.
    children : tuple of Element or str
        Text is escaped when it is written.
    attributes : tuple of (str, str)
        Values are escaped when they are written.
    """

    tag: str
    children: tuple[Element | str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        attributes = "".join(f' {name}="{escape(value, quote=True)}"' for name, value in self.attributes)
        inside = "".join(str(child) if isinstance(child, Element) else escape(child) for child in self.children)
        return f"<{self.tag}{attributes}>{inside}</{self.tag}>"


def element(tag: str, *children: Element | str | None, **attributes: str | None) -> Element:
    """Return an element; children and attributes that are None are left out, `class_` stands for `class`.

    Examples
    --------
    >>> str(element("bdi", "<b>", title="it's"))
    '<bdi title="it&#x27;s">&lt;b&gt;</bdi>'
    """
    kept = tuple((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    return Element(tag, tuple(child for child in children if child is not None), kept)

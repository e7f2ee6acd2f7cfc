"""Ask torch for huge pages: a snapshot of what lies in small ones costs the user 20 ms and more a gigabyte.

A fork copies one entry a page, and a gigabyte has 262,144 small pages or 512 huge ones. NumPy asks the system for huge
ones itself; torch does when this variable is set before it makes its first tensor.
"""

from __future__ import annotations

import os
import sys

_ASK = "THP_MEM_ALLOC_ENABLE"


def ask_for_huge_pages() -> None:
    """Have a torch that is imported later put large tensors on huge pages; what the user has set stays."""
    # One that is there has looked already, and a variable that says otherwise than it does would be no help.
    if sys.platform.startswith("linux") and "torch" not in sys.modules:
        os.environ.setdefault(_ASK, "1")

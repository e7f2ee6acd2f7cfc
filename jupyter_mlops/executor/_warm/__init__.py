"""The warm parent: libraries loaded ahead, processes forked ahead."""

"""The warm parent's loop: one thread, one socket, generations.

A generation answers requests with what it holds. When a kernel has imported more, it forks a next generation that loads
these libraries, however long that takes, and then takes over the socket; the old one ends. So there is always somebody to answer, and a
library that crashes when it is imported takes nobody with it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from pathlib import Path

import msgspec

from ..entities import decode, encode
from ..home import Home, LifeLock, process_start_time, wait_released
from ..home._files import read_bytes
from ..launchers import Owner, WarmReply, WarmRequest

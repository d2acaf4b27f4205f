"""Memory that is freed goes back to the system, where the C library knows how (glibc); elsewhere, nothing."""

from __future__ import annotations

import contextlib
import ctypes
import gc

ARENAS, TRIM, MAPPED = (-8, 2), (-1, 2**17), (-3, 2**18)
"""Settings of malloc with their values: arenas, bytes free at the top, bytes of a block mapped by itself."""


def hold_little() -> None:
    """Let large blocks go back as soon as they are freed, and let threads share their stores."""
    with contextlib.suppress(OSError, AttributeError):
        tune = ctypes.CDLL(None).mallopt
        for setting, value in (ARENAS, TRIM, MAPPED):
            tune(setting, value)


def give_back() -> None:
    """Give back what is free between blocks that are in use."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

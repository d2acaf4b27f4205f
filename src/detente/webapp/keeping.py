"""What is made once and kept: the last few results by key, each made by one thread while others wait."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(eq=False)
class Kept(Generic[Value]):
    """The last `most` results by key.

    >>> squares: Kept[int] = Kept(most=2)
    >>> [squares.get(n, lambda n=n: n * n) for n in (1, 2, 3)], len(squares)
    ([1, 4, 9], 2)
    """

    most: int
    _held: OrderedDict[Hashable, Value] = field(default_factory=OrderedDict)
    _making: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept under a key, or make it; whoever asks while it is made waits for it."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._held:
                    return self._held[key]
            try:
                made = make()
                with self._lock:
                    self._held[key] = made
                    while len(self._held) > self.most:
                        self._held.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def peek(self, key: Hashable) -> Value | None:
        """Return what is kept under a key, if anything."""
        with self._lock:
            return self._held.get(key)

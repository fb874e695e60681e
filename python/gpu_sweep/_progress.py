"""Progress, log and warnings of a computation."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from typing import Any, Callable

log = logging.getLogger("gpu_sweep")
log.addHandler(logging.NullHandler())

Listener = Callable[[str, Any], None]


class Progress:
    """Passes messages on to ``logging`` and ``warnings``; shows a bar if ``show`` is true, calls it if it is a function."""

    def __init__(self, show: bool | Callable[[int], None]) -> None:
        self._show, self._total, self._done = show, 0, 0
        self._bar: Any = None

    def __call__(self, kind: str, value: Any) -> None:
        if kind == "trained":
            self._advance(int(value))
        elif kind == "planned":
            self._total = int(value)
        elif kind == "warning":
            warnings.warn(value, stacklevel=4)
        else:
            log.info("%s", value)

    def _advance(self, done: int) -> None:
        if done > self._done:
            if callable(self._show):
                self._show(done)
            elif self._show:
                self._draw(done)
            self._done = done

    def _draw(self, done: int) -> None:
        if self._bar is None:
            self._bar = _bar(self._total or None)
        self._bar.update(done - self._done)

    def close(self) -> None:
        """Ends the bar."""
        if self._bar is not None:
            self._bar.close()


def _bar(total: int | None) -> Any:
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return _TextBar(total)
    return tqdm(total=total, unit="epochs", unit_scale=True, desc="training")


class _TextBar:
    """A line on standard error, for those who have no tqdm."""

    def __init__(self, total: int | None) -> None:
        self._total, self._done, self._written = total, 0, 0.0

    def update(self, more: int) -> None:
        self._done += more
        if time.monotonic() - self._written > 0.5:
            self._written = time.monotonic()
            share = f"{self._done / self._total:.0%}" if self._total else f"{self._done} epochs"
            sys.stderr.write(f"\rtraining: {share}")

    def close(self) -> None:
        sys.stderr.write("\n")

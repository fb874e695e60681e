"""The command ``gpu-sweep``: the program's own command line, in this package's library."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Runs the command line with ``sys.argv`` and returns its exit code."""
    # The program handles Ctrl-C itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from . import _core

    return _core.command_line(["gpu-sweep", *sys.argv[1:]])

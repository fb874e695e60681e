"""The exceptions of this package. All have the same parent, :class:`SweepError`."""

from __future__ import annotations

import re

__all__ = ["DataError", "DeviceError", "InvalidSetting", "StudyError", "SweepError"]


class SweepError(Exception):
    """Parent of all exceptions of this package."""


class InvalidSetting(SweepError, ValueError):
    """A setting has a value that it does not accept, or no effect; the text says what is allowed."""


class DataError(InvalidSetting):
    """Data that can't be learnt from; the text says where the fault is."""


class DeviceError(SweepError, RuntimeError):
    """No such device, or one that failed."""


class StudyError(SweepError, OSError):
    """A folder of results that can't be read, written or used for this."""


def as_arguments(text: str) -> str:
    """Replaces the flags in a message of the command line by the arguments of Python: ``--no-bias`` by ``bias=False``."""
    text = re.sub(r"--no-([a-z][a-z0-9-]*)", lambda flag: flag[1].replace("-", "_") + "=False", text)
    return re.sub(r"--([a-z][a-z0-9-]*)", lambda flag: flag[1].replace("-", "_"), text)


def make(name: str, text: str) -> SweepError:
    """Returns an exception for the compiled part."""
    kind: type[SweepError] = globals()[name]
    return kind(as_arguments(text))

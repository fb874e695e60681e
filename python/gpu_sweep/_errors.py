"""The exceptions of this package. All have the same parent, :class:`SweepError`."""

from __future__ import annotations

import re
from functools import cache

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


#: Arguments that are no settings.
OPTIONS = ("config", "device", "force", "mapping", "model", "models", "out", "preset", "shard", "threads", "x", "y")


@cache
def _arguments() -> dict[str, str]:
    """Returns the argument for each flag: ``no-bias`` is ``bias=False``."""
    from . import _core

    found = {name: name for name in OPTIONS}
    for setting in _core.settings():
        name, flag = setting["name"], setting["flag"].removeprefix("--")
        found[flag] = f"{name}=False" if setting["is_negative"] else name
        if setting["is_switch"] and not flag.startswith("no-"):
            found[f"no-{flag}"] = f"{name}=False"
    return found


def as_arguments(text: str) -> str:
    """Replaces the flags in a message of the command line by the arguments of Python: ``--no-bias`` by ``bias=False``."""
    known = _arguments()
    # Not within words and quotes, which are the user's own.
    return re.sub(r"(?<![\w\"'/.-])--([a-z][a-z0-9-]*)", lambda flag: known.get(flag[1], flag[0]), text)


def make(name: str, text: str) -> SweepError:
    """Returns an exception for the compiled part."""
    kind: type[SweepError] = globals()[name]
    return kind(as_arguments(text).strip())

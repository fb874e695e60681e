"""Trains a sweep."""

from __future__ import annotations

import difflib
import inspect
import os
import tempfile
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Callable

import numpy as np

from . import _core, _data
from ._errors import InvalidSetting, as_arguments
from ._progress import Progress
from ._study import Study

#: Every setting, from the program's table.
SETTINGS: dict[str, dict[str, Any]] = {setting["name"]: setting for setting in _core.settings()}


#: Options that the parts of a study share.
SHARED = ("device", "threads", "mapping", "preset", "config", "force")


def sweep(
    data: Any = None,
    /,
    *,
    device: str | None = None,
    threads: int | None = None,
    mapping: str | None = None,
    preset: str | None = None,
    config: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    shard: str | None = None,
    progress: bool | Callable[[int], None] = False,
    **settings: Any,
) -> Study:
    """Trains a network for each combination of settings and each seed, and returns the study of all of them.

    ``data`` is a pair ``(X, y)`` of arrays, a data frame, the path of a table, or the name of a built-in set. Every other
    argument is a setting with the name of its flag; :func:`gpu_sweep.settings` lists them. A sequence of numbers is an
    axis, a sequence of words or networks makes cells. Without ``out`` nothing is written; with it the folder holds all
    results, and a study that was stopped goes on there. ``progress`` shows a bar, or is called with the number of epochs
    done, summed over models.

    Raises :class:`InvalidSetting` (a ``ValueError``), :class:`DataError`, :class:`DeviceError`, :class:`StudyError`, and
    ``TypeError`` for a name that is no setting. Ctrl-C raises ``KeyboardInterrupt`` within a second; a folder keeps what is
    finished.
    """
    options = dict(device=device, threads=threads, mapping=mapping, preset=preset, config=config, out=out, force=force)
    study = run(data, {**options, "shard": shard}, settings, progress)
    if study is None:
        raise InvalidSetting("the shard is trained, others are missing: gpu_sweep.load opens the folder when all are there")
    return study


def run(
    data: Any, options: dict[str, Any], settings: dict[str, Any], progress: bool | Callable[[int], None]
) -> Study | None:
    """Trains a sweep; returns None for a shard of a folder whose others are missing."""
    if options["out"] is None and (options["force"] or options["shard"] is not None):
        raise InvalidSetting(f"{'force' if options['force'] else 'shard'} has no effect without out='FOLDER'")
    if options["threads"] is not None and options["threads"] < 1:
        raise InvalidSetting(f"threads must be 1 or more, not {options['threads']}")
    options = {name: value for name, value in options.items() if value is not None}
    asked = {**settings, **{name: options[name] for name in SHARED if name in options}}
    if data is not None:
        asked["data"] = data
    with prepared(data, settings) as given:
        listener = Progress(progress)
        for note in given.notes:
            listener("note", note)
        try:
            core = _core.train(given.settings, options, given.core, listener)
        finally:
            listener.close()
        if core is None:
            return None
        study = Study(core, given.labels, asked)
        study._about["notes"] += given.notes
        return study


@contextmanager
def prepared(data: Any, settings: dict[str, Any]) -> Iterator[_data.Given]:
    """Checks names, and converts data and values in memory; temporary files live as long as the context."""
    if "data" in settings:
        if data is not None:
            raise TypeError("data is given twice")
        data = settings["data"]
    settings = {name: value for name, value in settings.items() if name != "data"}
    refuse_unknown(settings)
    with ExitStack() as stack:
        files = stack.enter_context(tempfile.TemporaryDirectory(prefix="gpu-sweep-")) if _has_arrays(settings) else None
        settings = {name: _as_file(name, value, files) for name, value in settings.items() if value is not None}
        yield stack.enter_context(_data.given(data, settings))


def refuse_unknown(settings: Iterable[str]) -> None:
    """Raises the ``TypeError`` of Python for a name that is no setting."""
    for name in settings:
        if name not in SETTINGS:
            close = difflib.get_close_matches(name, SETTINGS, 1)
            hint = f"; did you mean {close[0]}?" if close else "; gpu_sweep.settings() lists all settings"
            raise TypeError(f"unexpected keyword argument {name!r}{hint}")


#: Settings that name a file, which may be values in memory instead.
FROM_MEMORY = ("trials", "init_from", "batch_order")


def _has_arrays(settings: Mapping[str, Any]) -> bool:
    return any(not isinstance(settings.get(name), (str, os.PathLike, type(None))) for name in FROM_MEMORY)


def _as_file(name: str, value: Any, folder: str | None) -> Any:
    """Writes a table of trials, initial weights or an order of rows to a file for the call."""
    if folder is None or isinstance(value, (str, os.PathLike, type(None))):
        return value
    if name == "trials":
        path = Path(folder) / "trials.csv"
        if not isinstance(value, Mapping) and not hasattr(value, "columns"):
            raise TypeError(f"trials must be a data frame, a mapping of columns or a path, not {type(value).__name__}")
        _data.write(dict(value) if isinstance(value, Mapping) else _data._columns(value), path)
        return path
    if name == "init_from":
        path = Path(folder) / "weights.npz"
        if not isinstance(value, Mapping):
            raise TypeError(f"init_from must be a mapping of arrays or a path, not {type(value).__name__}")
        arrays = {key: array.detach().cpu() if hasattr(array, "detach") else array for key, array in value.items()}
        np.savez(path, **{key if key.startswith("init_") else f"init_{key}": array for key, array in arrays.items()})
        return path
    if name == "batch_order":
        path = Path(folder) / "order.npz"
        np.savez(path, order=np.asarray(value))
        return path
    return value


def settings() -> list[dict[str, Any]]:
    """Returns every setting: its name, group, default and help."""
    words = ("help", "details")
    return [{k: as_arguments(v) if k in words and v else v for k, v in s.items() if k != "flag"} for s in SETTINGS.values()]


def _signature() -> inspect.Signature:
    own = [p for p in inspect.signature(sweep).parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    names = [name for name in SETTINGS if name != "data"]
    return inspect.Signature(
        [*own, *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in names)],
        return_annotation=Study,
    )


def _arguments() -> str:
    """Describes every setting in a line or two."""
    lines = []
    for name, setting in SETTINGS.items():
        text = as_arguments(setting["help"])
        text = f"{name}: {'False: ' if setting['is_negative'] else ''}{text}"
        lines += textwrap.wrap(text, 110, subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(lines)


sweep.__doc__ = f"{inspect.cleandoc(sweep.__doc__ or '')}\n\nSettings:\n\n{_arguments()}"
sweep.__signature__ = _signature()  # type: ignore[attr-defined]

"""Writes ``_sweep.pyi``, the types of :func:`sweep`, from the program's table of settings: ``python -m gpu_sweep._stubs``."""

from __future__ import annotations

import inspect
import textwrap
from pathlib import Path
from typing import Any

from . import _sweep

HEAD = '''"""Types of the settings, made by ``python -m gpu_sweep._stubs``."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from numpy.typing import NDArray

from ._data import Given
from ._study import Study

SETTINGS: dict[str, dict[str, Any]]
FROM_MEMORY: tuple[str, ...]
SHARED: tuple[str, ...]
Values = float | str | Sequence[float] | NDArray[Any]
Choices = str | int | float | Sequence[Any] | NDArray[Any]
File = str | os.PathLike[str]

def refuse_unknown(settings: Iterable[str]) -> None: ...
def prepared(data: Any, settings: dict[str, Any]) -> AbstractContextManager[Given]: ...
def run(
    data: Any, options: dict[str, Any], settings: dict[str, Any], progress: bool | Callable[[int], None]
) -> Study | None: ...
def settings() -> list[dict[str, Any]]: ...
'''


def kind(setting: dict[str, Any]) -> str:
    """Returns the type of a setting's argument."""
    if setting["is_switch"]:
        return "bool | None"
    if setting["is_axis"]:
        return "Values | None"
    if setting["is_path"]:
        return "Any" if setting["name"] in _sweep.FROM_MEMORY else "File | None"
    return "float | None" if setting["is_number"] else "Choices | None"


def stub() -> str:
    """Returns the text of the file."""
    # The settings were added to the signature; what is annotated is the function's own.
    parameters = inspect.signature(_sweep.sweep).parameters.values()
    annotated = [p for p in parameters if p.annotation is not inspect.Parameter.empty]
    own = [f"{p.name}: {p.annotation} = {p.default!r}," for p in annotated]
    own[1:1] = ["/,", "*,"]
    of_settings = [f"{name}: {kind(s)} = None," for name, s in _sweep.SETTINGS.items() if name != "data"]
    about = (inspect.getdoc(_sweep.sweep) or "").replace("\\", "\\\\")
    body = textwrap.indent("\n".join([*own, *of_settings]), "    ")
    return f'{HEAD}def sweep(\n{body}\n) -> Study:\n    """{textwrap.indent(about, "    ").strip()}\n    """\n'


if __name__ == "__main__":
    Path(__file__).with_name("_sweep.pyi").write_text(stub(), encoding="utf-8")

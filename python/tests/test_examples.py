"""The notebooks in `examples/` run from their first cell to their last. Only `tests/run --all` does that: set
`GPU_SWEEP_NOTEBOOKS=1`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "examples").glob("*.ipynb"))


def test_there_are_five() -> None:
    assert len(NOTEBOOKS) == 5


@pytest.mark.skipif("GPU_SWEEP_NOTEBOOKS" not in os.environ, reason="takes minutes; set GPU_SWEEP_NOTEBOOKS=1")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(path: Path) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": str(path.parent)}})
    client.execute()

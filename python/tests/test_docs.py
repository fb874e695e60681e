"""The examples of the documentation run, in order, page by page."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import gpu_sweep

ROOT = Path(__file__).parents[2]
PAGES = {
    ROOT / "python" / "README.md": ["sklearn"],
    ROOT / "docs" / "how-to" / "python.md": ["sklearn"],
    ROOT / "docs" / "how-to" / "python-with-others.md": ["dask.distributed", "ray", "mlflow", "tensorboard", "pandas"],
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in PAGES[page]:
        pytest.importorskip(module)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)


def test_docstrings_run() -> None:
    found = doctest.testmod(gpu_sweep)
    assert found.attempted >= 3 and found.failed == 0


def test_the_stub_is_up_to_date() -> None:
    from gpu_sweep import _stubs

    path = Path(_stubs.__file__).with_name("_sweep.pyi")
    assert path.read_text(encoding="utf-8") == _stubs.stub(), "run python -m gpu_sweep._stubs"

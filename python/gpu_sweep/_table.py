"""Tables of results, which pandas, polars, pyarrow and DuckDB take without a copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

#: Rows that a notebook shows.
SHOWN = 10


class Table:
    """Named columns of equal length.

    ``table["lr"]`` is a numpy array: whole numbers as ``uint64``, numbers as ``float64`` with NaN where a value is missing,
    texts as objects. pandas, polars, pyarrow and DuckDB read the table through Arrow's PyCapsule interface.
    """

    def __init__(self, core: _core.Table) -> None:
        self._core = core
        self._names = core.columns()

    @classmethod
    def of_columns(cls, columns: Mapping[str, Sequence[Any]], words: Sequence[str], counts: Sequence[str]) -> Table:
        """Makes a table of lists of numbers (``None``: missing) or texts; those in ``words`` are texts, in ``counts`` whole
        numbers."""
        return cls(_core.Table.of_columns(list(columns.items()), list(words), list(counts)))

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        values, words = self._core.column(name)
        if words is not None:
            values = np.array(words, dtype=object)[values]
        values.flags.writeable = False
        return values

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def keys(self) -> list[str]:
        """Returns the names of the columns."""
        return list(self._names)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._core)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self._core)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._core.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> pandas.DataFrame:
        """Returns a pandas DataFrame; texts are categories."""
        import pandas as pd

        columns: dict[str, Any] = {}
        for name in self._names:
            values, words = self._core.column(name)
            columns[name] = values if words is None else pd.Categorical.from_codes(values, categories=words)
        return pd.DataFrame(columns, copy=False)

    def to_polars(self) -> polars.DataFrame:
        """Returns a polars DataFrame."""
        import polars as pl

        return pl.DataFrame(self._core)

    def to_arrow(self) -> pyarrow.Table:
        """Returns a pyarrow Table."""
        import pyarrow as pa

        return pa.table(self._core)

    def row(self, n: int) -> dict[str, Any]:
        """Returns row ``n`` as a dictionary."""
        return {name: self[name][n] for name in self._names}

    def __repr__(self) -> str:
        return f"<Table of {self.rows} rows: {', '.join(self._names)}>"

    def _repr_html_(self) -> str:
        from html import escape

        shown = [self[name][:SHOWN] for name in self._names]
        head = "".join(f"<th>{escape(name)}</th>" for name in self._names)
        rows = zip(*shown) if shown else ()
        body = "".join("<tr>" + "".join(f"<td>{escape(_text(x))}</td>" for x in row) + "</tr>" for row in rows)
        more = f"<p>{SHOWN} of {self.rows} rows</p>" if self.rows > SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _text(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.6g}"
    return str(value)

"""Pictures of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    import os

    from ._study import Study
    from ._table import Table


class Picture:
    """A picture: SVG in a notebook, and :meth:`save` writes a file."""

    def __init__(self, name: str, draw: Callable[[str], bytes], caption: str, alt: str, data: Callable[[], Any]) -> None:
        #: Its name: ``accuracy``.
        self.name = name
        #: What it says about this study, in words.
        self.caption = caption
        #: What kind of picture it is, for readers who can't see it.
        self.alt = alt
        self._draw = draw
        self._data = data
        self._svg: str | None = None

    @property
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        if self._svg is None:
            self._svg = self._draw("svg").decode()
        return self._svg

    @property
    def data(self) -> Table:
        """The table that it is drawn from, for one's own plot."""
        table: Table = self._data()
        return table

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a file, by the end of its name ``.png`` or ``.svg``."""
        path = Path(path)
        if path.suffix not in (".png", ".svg"):
            from ._errors import InvalidSetting

            raise InvalidSetting(f"path must end in .png or .svg, not {path.suffix or path.name!r}")
        path.write_bytes(self._draw(path.suffix[1:]))

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Picture {self.name}: {self.caption}>" if self.caption else f"<Picture {self.name}>"


class Plots:
    """The pictures of a study: ``study.plot.accuracy()``; ``dir(study.plot)`` lists all that it has."""

    def __init__(self, study: Study) -> None:
        self._study = study

    def __dir__(self) -> list[str]:
        return [name.replace("-", "_") for name in self._study._core.pictures()[0]]

    def __getattr__(self, name: str) -> Callable[[], Picture]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda: self._picture(name.replace("_", "-"))

    def _picture(self, name: str) -> Picture:
        study = self._study
        svg, caption, alt = study._core.picture(name, "svg")

        def draw(form: str) -> bytes:
            return svg if form == "svg" else study._core.picture(name, form)[0]

        grouped = {"accuracy", "success", "classes", "comparison", "seeds-needed"}
        return Picture(name, draw, caption, alt, lambda: study.summary if name in grouped else study.models)

    def __repr__(self) -> str:
        return f"<Pictures {', '.join(dir(self))}>"

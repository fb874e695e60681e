"""One model of a study."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core, _data
from ._errors import DataError, StudyError
from ._plot import Picture
from ._progress import Progress

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, Any]


class Replay:
    """The trajectory of a model that was trained again, to the bit."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        #: Recorded epochs ``[R]``; values are those before the epoch, the last ones those at the end.
        self.epoch = arrays["epoch"]
        #: Mean loss over the training rows ``[R]``.
        self.train_loss = arrays["train_loss"]
        #: Accuracy, or R², on the training rows ``[R]``.
        self.train_acc = arrays["train_acc"]
        #: The same on the test rows ``[R]``; None without them.
        self.test_loss = arrays.get("test_loss")
        self.test_acc = arrays.get("test_acc")
        #: Epochs ``[S]`` with parameters.
        self.state_epoch = arrays["state_epoch"]
        #: Parameters ``[S, parameters]``: layer by layer, weights before biases.
        self.parameters = arrays["parameters"]
        #: Norm of the gradient of the mean loss ``[S]``.
        self.gradient_norm = arrays["gradient_norm"]
        #: Largest eigenvalue of the Hessian of the mean loss ``[S]``.
        self.sharpness = arrays["sharpness"]
        #: 2 / learning rate ``[S]``, above which gradient descent is unstable.
        self.edge = arrays["edge"]

    def __repr__(self) -> str:
        return f"<Replay of {len(self.epoch)} recorded epochs, {len(self.state_epoch)} with parameters>"


class Landscape:
    """The loss over planes through a model's end point, at its own learning rate and up to three others."""

    def __init__(self, found: dict[str, Any]) -> None:
        #: Learning rates of the panels ``[P]``.
        self.lr: Array = found["lr"]
        #: Coordinates along the plane's two directions ``[P, n]``.
        self.a: Array = found["a"]
        self.b: Array = found["b"]
        #: Mean loss over the training rows ``[P, n, n]``, ``b`` by row; NaN where a logit is not finite.
        self.loss: Array = found["loss"]
        self._files = {"svg": found["svg"], "png": found["png"]}

    def plot(self) -> Picture:
        """Draws the planes with the paths of several seeds."""
        alt = "Contours of the loss over a plane through the model's end point, with paths of training"
        return Picture("landscape", self._files.__getitem__, "", alt, lambda: self.loss)

    def __repr__(self) -> str:
        return f"<Landscape of {self.loss.shape[1]} × {self.loss.shape[2]} networks at {len(self.lr)} learning rates>"


class Model:
    """One trained model."""

    def __init__(self, core: _core.Model, model_id: int, labels: dict[str, Any] | None = None) -> None:
        self._core = core
        self._labels = labels
        self._about: dict[str, Any] = json.loads(core.description())
        #: Its id, the row of :attr:`Study.models`.
        self.id = model_id

    @property
    def row(self) -> dict[str, Any]:
        """Its row of the table of models: learning rate, seed, losses, accuracies, class, ..."""
        row: dict[str, Any] = self._about["row"]
        return row

    @property
    def weights(self) -> dict[str, Array]:
        """Weights after the last update: ``w1`` ``[out, in]``, ``b1`` ``[out]``, ``w2``, ...; float64 values of float32."""
        return self._core.weights(False)

    @property
    def initial_weights(self) -> dict[str, Array]:
        """Weights before the first update, as :attr:`weights`."""
        return self._core.weights(True)

    @property
    def scaling(self) -> tuple[Array, Array] | None:
        """Mean and standard deviation of each feature over the training rows: an input is (feature - mean) / std. None if
        the features are learnt as they are."""
        scaling = self._about["preprocessing"]["scaling"]
        return None if scaling is None else (np.array(scaling["mean"]), np.array(scaling["std"]))

    def _outputs(self, data: Any) -> tuple[Array, Array, list[str], str]:
        array, columns = _data.features(data)
        prepared = self._about["preprocessing"]["columns"]
        if array is not None:
            plain = len(prepared) == array.shape[1] and not any(column["words"] for column in prepared)
            if plain and not np.isnan(array).any():
                return self._core.predict(array)
            columns = _data._array_columns(array)
        assert columns is not None
        absent = [column["name"] for column in prepared if column["name"] not in columns]
        if absent:
            took = ", ".join(column["name"] for column in prepared)
            raise DataError(f"X has {len(columns)} columns ({', '.join(columns)}) and lacks {absent[0]}; the model takes {took}")
        with tempfile.TemporaryDirectory(prefix="gpu-sweep-") as folder:
            path = Path(folder) / "rows.csv"
            _data.write(columns, path)
            try:
                return self._core.predict_file(path)
            except DataError as error:
                raise DataError(str(error).replace(str(path), "X")) from None

    def _named(self, names: list[str]) -> Array:
        """Returns the classes as they were given, or, of a folder, as their names suggest."""
        if self._labels is not None and all(name in self._labels for name in names):
            values = [self._labels[name] for name in names]
            kinds = {type(value) for value in values}
            return np.array(values) if len(kinds) == 1 and kinds <= {bool, int, float} else np.array(values, dtype=object)
        return _guessed(names)

    def predict(self, X: Any) -> Array:
        """Predicts rows as the training data had them; scaling is done here.

        Returns the class of each row, as the data named it ``[rows]``, or the values ``[rows]`` or ``[rows, targets]``.
        """
        classes, numbers, names, reading = self._outputs(X)
        if reading == "Values":
            return numbers[:, 0] if numbers.shape[1] == 1 else numbers
        return self._named(names)[classes]

    def predict_proba(self, X: Any) -> Array:
        """Returns the probability of each class ``[rows, classes]``, in the order of :attr:`classes`."""
        _, numbers, _, reading = self._outputs(X)
        if reading in ("Values", "Margin"):
            raise StudyError("numbers have no probabilities" if reading == "Values" else "a hinge loss gives no probabilities")
        return np.column_stack([1 - numbers[:, 0], numbers[:, 0]]) if numbers.shape[1] == 1 else numbers

    @property
    def classes(self) -> Array | None:
        """The classes, as the data named them; None for numbers as targets."""
        target = self._about["preprocessing"]["target"]
        return self._named(target["classes"]) if "classes" in target else None

    def replay(self, snapshots: int = 200, progress: bool = False) -> Replay:
        """Trains the model again and follows it at up to ``snapshots`` epochs."""
        listener = Progress(progress)
        try:
            return Replay(self._core.replay(snapshots, listener))
        finally:
            listener.close()

    def landscape(self, grid: int = 101, paths: int | None = None, progress: bool = False) -> Landscape:
        """Evaluates the loss of ``grid`` × ``grid`` networks around the model's end point."""
        listener = Progress(progress)
        try:
            return Landscape(self._core.landscape(grid, paths, listener))
        finally:
            listener.close()

    def boundary(self) -> Picture:
        """Draws how the model tells the classes apart, over the training points; for two features."""
        svg = self._core.boundary("svg")
        draw = lambda form: svg if form == "svg" else self._core.boundary(form)
        alt = "Decision boundary of the model over the training points"
        return Picture("boundary", draw, "", alt, lambda: self.row)

    def to_torch(self) -> torch.nn.Sequential:
        """Returns the network as a PyTorch module that takes raw rows and returns logits, or values in their units."""
        from ._torch import sequential

        return sequential(self._about, self.weights)

    def __repr__(self) -> str:
        row = self.row
        score = next((f"{name} {row[name]:.4g}" for name in ("train_acc", "train_r2") if row.get(name) is not None), "")
        return f"<Model {self.id}: lr {row['lr']:.4g}, seed {row['seed']}, {score or row['status']}, {row['class']}>"


def _guessed(names: list[str]) -> Array:
    """Returns class names as booleans or numbers if all of them are."""
    if set(names) == {"False", "True"}:
        return np.array([name == "True" for name in names])
    if all(re.fullmatch(r"-?(0|[1-9][0-9]*)", name) for name in names):
        return np.array([int(name) for name in names])
    if all(re.fullmatch(r"-?[0-9]+\.[0-9]+(e-?[0-9]+)?", name) for name in names):
        return np.array([float(name) for name in names])
    return np.array(names, dtype=object)

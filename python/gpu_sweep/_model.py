"""One model of a study."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core, _data
from ._errors import StudyError
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

    def __init__(self, core: _core.Model, model_id: int) -> None:
        self._core = core
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
        if array is not None:
            return self._core.predict(array)
        assert columns is not None
        if all(column["words"] == [] for column in self._about["preprocessing"]["columns"]):
            names = [column["name"] for column in self._about["preprocessing"]["columns"]]
            absent = [name for name in names if name not in columns]
            if absent:
                from ._errors import DataError

                raise DataError(f"X lacks the column {', '.join(absent)}")
        with tempfile.TemporaryDirectory(prefix="gpu-sweep-") as folder:
            path = Path(folder) / "rows.csv"
            _data.write(columns, path)
            return self._core.predict_file(path)

    def predict(self, X: Any) -> Array:
        """Predicts rows as the training data had them; scaling is done here.

        Returns the class of each row, as the data named it ``[rows]``, or the values ``[rows]`` or ``[rows, targets]``.
        """
        classes, numbers, names, reading = self._outputs(X)
        if reading == "Values":
            return numbers[:, 0] if numbers.shape[1] == 1 else numbers
        return _labels(names)[classes]

    def predict_proba(self, X: Any) -> Array:
        """Returns the probability of each class ``[rows, classes]``, in the order of :attr:`classes`."""
        _, numbers, _, reading = self._outputs(X)
        if reading in ("Values", "Margin"):
            raise StudyError(f"{'numbers' if reading == 'Values' else 'a hinge loss'} have no probabilities")
        return np.column_stack([1 - numbers[:, 0], numbers[:, 0]]) if numbers.shape[1] == 1 else numbers

    @property
    def classes(self) -> Array | None:
        """The classes, as the data named them; None for numbers as targets."""
        target = self._about["preprocessing"]["target"]
        return _labels(target["classes"]) if "classes" in target else None

    def replay(self, snapshots: int = 200, progress: bool = False) -> Replay:
        """Trains the model again and follows it at up to ``snapshots`` epochs."""
        listener = Progress(progress, None)
        try:
            return Replay(self._core.replay(snapshots, listener))
        finally:
            listener.close()

    def landscape(self, grid: int = 101, paths: int | None = None, progress: bool = False) -> Landscape:
        """Evaluates the loss of ``grid`` × ``grid`` networks around the model's end point."""
        listener = Progress(progress, None)
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


def _labels(names: list[str]) -> Array:
    """Returns class names as numbers if all of them are."""
    for kind in (int, float):
        try:
            return np.array([kind(name) for name in names])
        except ValueError:
            pass
    return np.array(names, dtype=object)

"""Estimators for scikit-learn: a sweep that ends in one model, or in the mean of the best few."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import erf, expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._errors import InvalidSetting
from ._model import Model
from ._sweep import sweep

Array = np.ndarray[Any, Any]

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky-relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "tanh": np.tanh,
    "sigmoid": expit,
    "gelu": lambda z: z * 0.5 * (1 + erf(z / np.sqrt(2))),
    "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "silu": lambda z: z * expit(z),
    "identity": lambda z: z,
}

#: Rows below which none are set apart for choosing between models.
FEWEST_ROWS = 50


class Network:
    """A trained network in numpy, which can be pickled."""

    def __init__(self, model: Model) -> None:
        about, weights = model._about, model.weights
        layers = range(1, len(about["layers"]) + 1)
        self.layers = [(weights[f"w{n}"].T, weights.get(f"b{n}", 0.0)) for n in layers]
        self.activation = about["activation"]
        self.scaling = model.scaling
        target = about["preprocessing"]["target"]
        scaling = target.get("scaling")
        self.units = None if scaling is None else (np.array(scaling["mean"]), np.array(scaling["std"]))
        self.classes = None if "classes" not in target else [int(float(name)) for name in target["classes"]]

    def outputs(self, x: Array) -> Array:
        """Returns logits, or values in the units of the targets."""
        if self.scaling is not None:
            x = (x - self.scaling[0]) / self.scaling[1]
        for n, (weights, biases) in enumerate(self.layers):
            x = x @ weights + biases
            if n + 1 < len(self.layers):
                x = ACTIVATIONS[self.activation](x)
        return x if self.units is None else x * self.units[1] + self.units[0]

    def probabilities(self, x: Array, count: int) -> Array:
        """Returns the probability of each class."""
        logits = self.outputs(x)
        if logits.shape[1] == 1:
            p = expit(logits[:, 0])
            columns = np.column_stack([1 - p, p])
        else:
            columns = softmax(logits, axis=1)
        ordered = np.zeros((len(x), count))
        ordered[:, self.classes] = columns
        return ordered


class _SweepEstimator(BaseEstimator):  # type: ignore[misc]
    """What both estimators share."""

    def __init__(
        self,
        hidden: Sequence[int] | str = (16,),
        activation: str = "relu",
        optimizer: str = "adam",
        lr: Sequence[float] | float | None = None,
        seeds: int = 5,
        epochs: int = 200,
        validation_fraction: float = 0.2,
        ensemble: int = 1,
        device: str | None = None,
        random_state: Any = 0,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.optimizer = optimizer
        self.lr = lr
        self.seeds = seeds
        self.epochs = epochs
        self.validation_fraction = validation_fraction
        self.ensemble = ensemble
        self.device = device
        self.random_state = random_state
        self.settings = settings

    def _train(self, X: Array, y: Array, task: str | None) -> None:
        more: dict[str, Any] = {} if task is None else {"task": task}
        more.update(self.settings or {})
        allowed = ("mse", "mae", "huber") if task == "regression" else ("bce", "softmax")
        if more.get("loss", allowed[0]) not in allowed:
            raise InvalidSetting(f"the loss of this estimator must be {' or '.join(allowed)}, not {more['loss']!r}")
        hidden = self.hidden if isinstance(self.hidden, str) else np.atleast_1d(np.asarray(self.hidden, dtype=int)).tolist()
        seed = self.random_state
        if not isinstance(seed, int):
            seed = int(check_random_state(seed).randint(2**31 - 1))
        few = len(X) < FEWEST_ROWS or (task is None and np.bincount(y).min() < 5)
        own: dict[str, Any] = {
            "hidden": hidden if len(hidden) else "none",
            "activation": self.activation,
            "optimizer": self.optimizer,
            "lr": np.geomspace(1e-3, 0.3, 6) if self.lr is None else self.lr,
            "seeds": self.seeds,
            "epochs": self.epochs,
            "validation_fraction": 0.0 if few else self.validation_fraction,
            "seed": seed,
            "data_seed": seed,
            "device": self.device,
        }
        study = sweep((X.astype(np.float64), y), **{**own, **more})
        if len(study.cells) != 1:
            raise InvalidSetting("an estimator takes one network and one optimizer; gpu_sweep.sweep compares several")
        best = study.ensemble(self.ensemble) if self.ensemble > 1 else [study.model("best")]
        #: The learning rate of the best model.
        self.best_lr_ = float(best[0].row["lr"])
        self.networks_ = [Network(model) for model in best]


class SweepClassifier(ClassifierMixin, _SweepEstimator):  # type: ignore[misc]
    """Trains ``seeds`` networks at each learning rate at once and keeps the best by validation rows.

    ``hidden``: widths of the hidden layers. ``lr``: learning rates to try; None: six from 0.001 to 0.3. ``ensemble``: how
    many of the best are averaged. ``validation_fraction``: share of the rows that choose; with fewer than 50 rows all train
    and choose. ``settings``: further settings of :func:`gpu_sweep.sweep`.
    """

    def fit(self, X: Any, y: Any) -> SweepClassifier:
        """Trains on ``X`` ``[rows, features]`` and the classes ``y`` ``[rows]``."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"SweepClassifier needs two classes, not one class ({self.classes_[0]})")
        self._train(X, codes, None)
        return self

    def predict_proba(self, X: Any) -> Array:
        """Returns the probability of each class ``[rows, classes]``, in the order of ``classes_``."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        each = [network.probabilities(X, len(self.classes_)) for network in self.networks_]
        mean: Array = np.mean(each, axis=0)
        return mean

    def predict(self, X: Any) -> Array:
        """Returns the most probable class of each row."""
        likeliest = np.argmax(self.predict_proba(X), axis=1)
        found: Array = self.classes_[likeliest]
        return found


class SweepRegressor(RegressorMixin, _SweepEstimator):  # type: ignore[misc]
    """The same for a number per row, by the squared error. Parameters as for :class:`SweepClassifier`."""

    def fit(self, X: Any, y: Any) -> SweepRegressor:
        """Trains on ``X`` ``[rows, features]`` and the numbers ``y`` ``[rows]``."""
        X, y = validate_data(self, X, y, y_numeric=True, ensure_min_samples=2)
        self._train(X, np.asarray(y, dtype=np.float64), "regression")
        return self

    def predict(self, X: Any) -> Array:
        """Returns a number for each row, in the units of ``y``."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        mean: Array = np.mean([network.outputs(X)[:, 0] for network in self.networks_], axis=0)
        return mean

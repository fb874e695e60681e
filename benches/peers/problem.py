"""What every program trains: the same rows, the same initial weights, the same learning rates, in float32."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Problem:
    """Models of one shape, trained by full-batch gradient descent on the mean logistic loss, ReLU in hidden layers."""

    x: Array  # [rows, features]
    y: Array  # [rows], 0 or 1
    lr: Array  # [models]
    weights: tuple[Array, ...]  # of each layer [models, outputs, inputs]
    biases: tuple[Array, ...]  # of each layer [models, outputs]
    epochs: int
    every: int  # losses are kept before the epochs 0, every, 2 every, ... and after the last

    def __post_init__(self) -> None:
        if self.epochs % self.every:
            raise ValueError(f"{self.epochs} epochs are no multiple of {self.every}, the epochs between two losses")

    @property
    def models(self) -> int:
        return len(self.lr)

    @property
    def recordings(self) -> int:
        return self.epochs // self.every + 1

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of features, of units in each hidden layer, and 1."""
        return (self.x.shape[1], *(bias.shape[1] for bias in self.biases))

    def select(self, models: slice | Array) -> Problem:
        return replace(
            self,
            lr=self.lr[models],
            weights=tuple(weight[models] for weight in self.weights),
            biases=tuple(bias[models] for bias in self.biases),
        )

    def sample(self, count: int) -> Array:
        """Indices of `count` models, equally spaced."""
        return np.arange(count) * self.models // count

    def shard(self, index: int, count: int) -> Problem:
        """One of `count` neighbouring parts of the models, as equal as may be."""
        return self.select(slice(self.models * index // count, self.models * (index + 1) // count))

    def chunks(self, size: int) -> Iterator[Problem]:
        """Parts of `size` models, so that what is compiled for one serves all; the last model fills up the last part."""
        for first in range(0, self.models, size):
            yield self.select(np.minimum(np.arange(first, first + size), self.models - 1))

    def join(self, losses: list[Array]) -> Array:
        """Losses [recordings, models] of the whole from those of its chunks."""
        whole = losses[0] if len(losses) == 1 else np.concatenate(losses, axis=1)
        return whole[:, : self.models]

    def save(self, path: Path) -> None:
        layers = {f"w{k}": weight for k, weight in enumerate(self.weights)}
        layers |= {f"b{k}": bias for k, bias in enumerate(self.biases)}
        np.savez(path, x=self.x, y=self.y, lr=self.lr, epochs=self.epochs, every=self.every, **layers)

    @staticmethod
    def load(path: Path) -> Problem:
        with np.load(path) as arrays:
            layers = range(sum(name.startswith("w") for name in arrays))
            return Problem(
                x=arrays["x"],
                y=arrays["y"],
                lr=arrays["lr"],
                weights=tuple(arrays[f"w{k}"] for k in layers),
                biases=tuple(arrays[f"b{k}"] for k in layers),
                epochs=int(arrays["epochs"]),
                every=int(arrays["every"]),
            )

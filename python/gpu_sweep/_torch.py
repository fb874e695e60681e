"""Trained models as PyTorch modules."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

#: Modules of the activations, by their names here.
ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky-relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "identity": nn.Identity,
}


class Standardize(nn.Module):  # type: ignore[misc, unused-ignore]
    """``(x - mean) / std`` by column; ``inverse``: ``x * std + mean``, which gives outputs their units."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, scaling: dict[str, Any], inverse: bool = False) -> None:
        super().__init__()
        self.inverse = inverse
        self.register_buffer("mean", torch.tensor(scaling["mean"], dtype=torch.float64))
        self.register_buffer("std", torch.tensor(scaling["std"], dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # In float64, since features far from 0 would lose their digits.
        if self.inverse:
            return (x.double() * self.std + self.mean).to(x.dtype)
        return ((x.double() - self.mean) / self.std).float()


def sequential(about: dict[str, Any], weights: dict[str, np.ndarray[Any, Any]]) -> nn.Sequential:
    """Builds the network of a model."""
    layers = about["layers"]
    before, after = _scalings(about)
    modules: list[nn.Module] = [] if isinstance(before, nn.Identity) else [before]
    for n, (inputs, outputs, bias) in enumerate(layers, 1):
        linear = nn.Linear(inputs, outputs, bias=bias)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights[f"w{n}"]))
            if bias:
                linear.bias.copy_(torch.from_numpy(weights[f"b{n}"]))
        modules.append(linear)
        if n < len(layers):
            modules.append(ACTIVATIONS[about["activation"]]())
    if not isinstance(after, nn.Identity):
        modules.append(after)
    return nn.Sequential(*modules).eval()


class Ensemble(nn.Module):  # type: ignore[misc, unused-ignore]
    """Models of one cell as one module: raw rows ``[rows, features]`` to outputs ``[models, rows, outputs]``."""

    def __init__(self, abouts: list[dict[str, Any]], weights: list[dict[str, np.ndarray[Any, Any]]]) -> None:
        super().__init__()
        about = abouts[0]
        alike = all(other["layers"] == about["layers"] and other["activation"] == about["activation"] for other in abouts)
        if not alike or any(other["preprocessing"] != about["preprocessing"] for other in abouts):
            raise ValueError("the models of an ensemble must be of one cell")
        stacked = {name: torch.tensor(np.stack([one[name] for one in weights]), dtype=torch.float32) for name in weights[0]}
        self.weights = nn.ParameterDict(stacked)
        self.layers = len(about["layers"])
        self.activation = ACTIVATIONS[about["activation"]]()
        self.before, self.after = _scalings(about)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.before(x).expand(len(self.weights["w1"]), -1, -1)
        for n in range(1, self.layers + 1):
            x = x @ self.weights[f"w{n}"].transpose(1, 2)
            if f"b{n}" in self.weights:
                x = x + self.weights[f"b{n}"][:, None]
            if n < self.layers:
                x = self.activation(x)
        return self.after(x)


def _scalings(about: dict[str, Any]) -> tuple[nn.Module, nn.Module]:
    """Returns what standardises the inputs, and what gives the outputs their units."""
    prepared = about["preprocessing"]
    scaling, units = prepared["scaling"], prepared["target"].get("scaling")
    before = Standardize(scaling) if scaling else nn.Identity()
    return before, Standardize(units, inverse=True) if units else nn.Identity()

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


class Affine(nn.Module):  # type: ignore[misc, unused-ignore]
    """``x * scale + shift``, by column: standardisation of the inputs, or its inverse for the outputs."""

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, scale: np.ndarray[Any, Any], shift: np.ndarray[Any, Any]) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32))
        self.register_buffer("shift", torch.tensor(shift, dtype=torch.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.scale + self.shift


def sequential(about: dict[str, Any], weights: dict[str, np.ndarray[Any, Any]]) -> nn.Sequential:
    """Builds the network of a model."""
    modules: list[nn.Module] = []
    prepared, layers = about["preprocessing"], about["layers"]
    if prepared["scaling"]:
        mean, std = np.array(prepared["scaling"]["mean"]), np.array(prepared["scaling"]["std"])
        modules.append(Affine(1 / std, -mean / std))
    for n, (inputs, outputs, bias) in enumerate(layers, 1):
        linear = nn.Linear(inputs, outputs, bias=bias)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights[f"w{n}"]))
            if bias:
                linear.bias.copy_(torch.from_numpy(weights[f"b{n}"]))
        modules.append(linear)
        if n < len(layers):
            modules.append(ACTIVATIONS[about["activation"]]())
    scaling = prepared["target"].get("scaling")
    if scaling:
        modules.append(Affine(np.array(scaling["std"]), np.array(scaling["mean"])))
    return nn.Sequential(*modules).eval()

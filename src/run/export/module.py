"""Trained networks, exported by gpu-sweep. Needs PyTorch alone.

    from this_file import model, predict       # `model` is a torch.nn.Sequential, or an Ensemble of several
    predict(x)                                 # probabilities [rows, classes], margins or values

`x` has the features of `FEATURES` in their order, as in the table, unscaled: the first module scales them. Words are
features of 0 and 1, called `column=word`.

`model(x)` are the logits of classes, the margins of the hinge loss, or the values of targets in their units. The
weights are in `model.state_dict()`; `torch.save` and `safetensors.torch.save_file` take it.
"""

import base64
import json
import struct

import torch
from torch import nn

SPEC = None

MODELS = SPEC["models"]
FEATURES = SPEC["features"]
CLASSES = SPEC["classes"]
TARGETS = SPEC["targets"]


class Scale(nn.Module):
    """Standardizes in float64, as in training, then rounds to float32 once."""

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float64))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float64))

    def forward(self, x):
        return ((x.double() - self.mean) / self.std).float()


class Unscale(nn.Module):
    """Brings outputs to the units of the targets."""

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float64))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float64))

    def forward(self, z):
        return z.double() * self.std + self.mean


class Ensemble(nn.Module):
    """Several networks; their outputs are [models, rows, outputs]."""

    def __init__(self, networks):
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x):
        return torch.stack([network(x) for network in self.networks])


def array(packed, model):
    """One model's share of an array [models, ...]."""
    if "values" not in packed:
        values = [v for (v,) in struct.iter_unpack("<d", base64.b64decode(packed["float64"]))]
        packed["values"] = torch.tensor(values, dtype=torch.float64).reshape(packed["shape"])
    return packed["values"][model].float()


def network(model):
    """The network number `model` of MODELS, a torch.nn.Sequential."""
    scale = SPEC["x_scaling"] or {"mean": [0.0] * len(FEATURES), "std": [1.0] * len(FEATURES)}
    modules = [Scale(scale["mean"], scale["std"])]
    for n, layer in enumerate(SPEC["layers"]):
        weight = array(layer["weight"], model)
        linear = nn.Linear(weight.shape[1], weight.shape[0], bias="bias" in layer)
        linear.weight = nn.Parameter(weight)
        if "bias" in layer:
            linear.bias = nn.Parameter(array(layer["bias"], model))
        modules.append(linear)
        if n + 1 < len(SPEC["layers"]) and SPEC["activation"]:
            modules.append(getattr(nn, SPEC["activation"])())
    if SPEC["y_scaling"]:
        modules.append(Unscale(SPEC["y_scaling"]["mean"], SPEC["y_scaling"]["std"]))
    return nn.Sequential(*modules)


def read(outputs):
    """What outputs say: probabilities of the classes, margins or values."""
    if SPEC["output"] == "softmax":
        return torch.softmax(outputs, -1)
    if SPEC["output"] in ("sigmoid", "limited"):
        positive = torch.sigmoid(outputs) if SPEC["output"] == "sigmoid" else torch.clamp(outputs, 0.0, 1.0)
        return torch.cat([1 - positive, positive], -1)
    return outputs


def predict(x):
    """Probabilities, margins or values of rows x [rows, features]; of several models their means."""
    with torch.no_grad():
        found = read(model(torch.as_tensor(x)))
        return found.mean(0) if len(MODELS) > 1 else found


model = network(0) if len(MODELS) == 1 else Ensemble([network(n) for n in range(len(MODELS))])
model.eval()

"""As much of PyTorch as an exported file uses, in numpy: for machines without PyTorch. `install()` makes it `torch`."""

import contextlib
import math
import sys
import types

import numpy as np


class Tensor(np.ndarray):
    def double(self):
        return self.astype(np.float64)

    def float(self):
        return self.astype(np.float32)


def tensor(values, dtype=np.float64):
    return np.asarray(values, dtype=dtype).view(Tensor)


class Module:
    training = True

    def register_buffer(self, name, value):
        setattr(self, name, value)

    def eval(self):
        self.training = False

    def __call__(self, x):
        return self.forward(x)


class Linear(Module):
    def __init__(self, inputs, outputs, bias=True):
        self.shape, self.bias = (outputs, inputs), 0.0 if not bias else None

    def forward(self, x):
        assert self.weight.shape == self.shape and self.weight.dtype == x.dtype == np.float32
        return x @ self.weight.T + np.asarray(self.bias, np.float32)


class Sequential(Module):
    def __init__(self, *modules):
        self.modules = modules

    def forward(self, x):
        for module in self.modules:
            x = module(x)
        return x


def elementwise(function):
    def forward(self, x):
        return function(x.astype(np.float64)).astype(x.dtype)

    return type("Elementwise", (Module,), {"forward": forward})


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis):
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def install():
    torch, nn = types.ModuleType("torch"), types.ModuleType("torch.nn")
    erf = np.vectorize(math.erf)
    nn.Module, nn.Linear, nn.Sequential = Module, Linear, Sequential
    nn.Parameter, nn.ModuleList = lambda value: value, list
    nn.ReLU = elementwise(lambda z: np.maximum(z, 0))
    nn.LeakyReLU = elementwise(lambda z: np.where(z > 0, z, 0.01 * z))
    nn.Tanh, nn.Sigmoid = elementwise(np.tanh), elementwise(sigmoid)
    nn.GELU = elementwise(lambda z: z * (1 + erf(z / math.sqrt(2))) / 2)
    nn.ELU = elementwise(lambda z: np.where(z > 0, z, np.expm1(z)))
    nn.SiLU = elementwise(lambda z: z * sigmoid(z))
    torch.nn, torch.float64, torch.tensor = nn, np.float64, tensor
    torch.as_tensor = lambda x: np.asarray(x).view(Tensor)
    torch.stack, torch.cat, torch.softmax, torch.sigmoid = np.stack, np.concatenate, softmax, sigmoid
    torch.no_grad = contextlib.nullcontext
    torch.clamp = np.clip
    sys.modules["torch"], sys.modules["torch.nn"] = torch, nn

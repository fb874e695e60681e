"""One epoch of many models at once in PyTorch: by torch.func, and with gradients by hand.

An epoch is a function `step(parameters, constants, record)` that returns new parameters and, if `record`, the losses
before it, [models]. What differs between chunks of models is an argument, so that one compiled function serves all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, grad_and_value, vmap

from problem import Array, Problem

Tensors = tuple[torch.Tensor, ...]
Step = Callable[[Tensors, Tensors, bool], tuple[Tensors, torch.Tensor]]


@dataclass(frozen=True)
class Chunk:
    """Some of the models, on the device, with the function that trains them for an epoch."""

    step: Step
    parameters: Tensors
    constants: Tensors


def on(device: str, arrays: list[Array]) -> Tensors:
    return tuple(torch.from_numpy(np.array(a, np.float32, order="C")).to(device) for a in arrays)


def layers_of(problem: Problem) -> list[Array]:
    return [array for layer in zip(problem.weights, problem.biases) for array in layer]


def by_func(problem: Problem, device: str) -> Chunk:
    """As in PyTorch's tutorial on model ensembling: functional_call, stacked parameters, vmap over gradients."""
    linears = [nn.Linear(*pair, device="meta") for pair in zip(problem.sizes, problem.sizes[1:])]
    model = nn.Sequential(*[module for linear in linears for module in (linear, nn.ReLU())][:-1])
    names = [name for name, _ in model.named_parameters()]
    loss_function = nn.BCEWithLogitsLoss()

    def loss(parameters: dict[str, torch.Tensor], x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return loss_function(functional_call(model, parameters, (x,)), y)

    gradients = vmap(grad_and_value(loss), in_dims=(0, None, None))

    def step(p: Tensors, constants: Tensors, record: bool) -> tuple[Tensors, torch.Tensor]:
        x, y, rate = constants
        slopes, losses = gradients(dict(zip(names, p)), x, y)
        return tuple(q - rate.view(-1, *[1] * (q.dim() - 1)) * slopes[name] for name, q in zip(names, p)), losses

    return Chunk(step, on(device, layers_of(problem)), on(device, [problem.x, problem.y[:, None], problem.lr]))


def error_of(logit: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The losses' derivatives by the logits."""
    return torch.sigmoid(logit) - y


def losses_of(logit: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return logit.clamp_min(0) - y * logit + torch.log1p(torch.exp(-logit.abs()))


def step_last_axis(p: Tensors, constants: Tensors, record: bool) -> tuple[Tensors, torch.Tensor]:
    x0, x1, y, rate = constants
    z = p[0] * x0 + p[1] * x1 + p[2]
    a = z.clamp_min(0)
    logit = p[3] * a + p[4]
    error = error_of(logit, y)
    passed = torch.where(z > 0, error * p[3], 0)
    sums = ((passed * x0).sum(0), (passed * x1).sum(0), passed.sum(0), (error * a).sum(0), error.sum(0))
    return tuple(q - rate * g for q, g in zip(p, sums)), losses_of(logit, y).mean(0) if record else rate


def last_axis(problem: Problem, device: str) -> Chunk:
    """Networks 2-1-1 with the models in the last axis."""
    (w, v), (b, c) = problem.weights, problem.biases
    parameters = [w[:, 0, 0], w[:, 0, 1], b[:, 0], v[:, 0, 0], c[:, 0]]
    x, rows = problem.x, len(problem.y)
    constants = [x[:, :1], x[:, 1:], problem.y[:, None], problem.lr / np.float32(rows)]
    return Chunk(step_last_axis, on(device, parameters), on(device, constants))


def step_batched(p: Tensors, constants: Tensors, record: bool) -> tuple[Tensors, torch.Tensor]:
    x, y, rate = constants
    weights, biases = p[0::2], p[1::2]
    inputs = [x.expand(len(rate), *x.shape)]
    for w, b in zip(weights, biases):
        z = torch.baddbmm(b[:, None, :], inputs[-1], w.mT)
        inputs.append(z.clamp_min(0))
    logit = z[:, :, 0]
    delta, new = error_of(logit, y)[:, :, None], []
    for k in reversed(range(len(weights))):
        w = weights[k] - rate[:, None, None] * torch.bmm(delta.mT, inputs[k])
        new = [w, biases[k] - rate[:, None] * delta.sum(1), *new]
        if k:
            delta = torch.where(inputs[k] > 0, torch.bmm(delta, weights[k]), 0)
    return tuple(new), losses_of(logit, y).mean(1) if record else rate


def batched(problem: Problem, device: str) -> Chunk:
    """Any network, by batched matrix products."""
    constants = [problem.x, problem.y, problem.lr / np.float32(len(problem.y))]
    return Chunk(step_batched, on(device, layers_of(problem)), on(device, constants))


def by_hand(problem: Problem, device: str) -> Chunk:
    return (last_axis if problem.sizes == (2, 1, 1) else batched)(problem, device)

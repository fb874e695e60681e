"""PyTorch: all models of a chunk at once, gradients by hand, epochs through `torch.compile`.

`last-axis`: networks 2-1-1 with the models in the last axis. `batched`: any network, batched matrix products.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from peer import Trainer
from problem import Array, Problem

CHUNK = {"last-axis": 250, "batched": 50}
UNROLL = 10  # epochs compiled as one, so that Python is asked seldom

Layers = tuple[torch.Tensor, ...]
Step = Callable[[Layers], tuple[Layers, torch.Tensor]]


def loss_and_error(logit: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Losses of the points, and their derivatives by the logits."""
    e = torch.exp(-logit.abs())
    inverse = 1 / (1 + e)
    return logit.clamp_min(0) - y * logit + torch.log1p(e), torch.where(logit >= 0, inverse, e * inverse) - y


def last_axis(problem: Problem) -> tuple[Layers, Step]:
    tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in (problem.x, problem.y, problem.lr)]
    x, y, lr = tensors[0], tensors[1][:, None], tensors[2]
    (w, v), (b, c) = problem.weights, problem.biases
    parameters = tuple(torch.from_numpy(a.copy()) for a in (w[:, 0, 0], w[:, 0, 1], b[:, 0], v[:, 0, 0], c[:, 0]))
    x0, x1, rows = x[:, :1].contiguous(), x[:, 1:].contiguous(), len(x)

    def step(p: Layers) -> tuple[Layers, torch.Tensor]:
        z = p[0] * x0 + p[1] * x1 + p[2]
        a = z.clamp_min(0)
        loss, error = loss_and_error(p[3] * a + p[4], y)
        passed = torch.where(z > 0, error * p[3], 0)
        sums = ((passed * x0).sum(0), (passed * x1).sum(0), passed.sum(0), (error * a).sum(0), error.sum(0))
        return tuple(q - lr / rows * g for q, g in zip(p, sums)), loss.sum(0) / rows

    return parameters, step


def batched(problem: Problem) -> tuple[Layers, Step]:
    x, y = torch.from_numpy(problem.x), torch.from_numpy(problem.y)
    models, rows = problem.models, len(x)
    x = x.expand(models, *x.shape)
    rate = (torch.from_numpy(problem.lr) / rows)[:, None, None]
    parameters = tuple(torch.from_numpy(a.copy()) for pair in zip(problem.weights, problem.biases) for a in pair)

    def step(p: Layers) -> tuple[Layers, torch.Tensor]:
        weights, biases = p[0::2], p[1::2]
        inputs = [x]
        for w, b in zip(weights, biases):
            z = torch.baddbmm(b[:, None, :], inputs[-1], w.mT)
            inputs.append(z.clamp_min(0))
        loss, error = loss_and_error(z[:, :, 0], y)
        delta, new = error[:, :, None], []
        for layer in reversed(range(len(weights))):
            new = [weights[layer] - rate * torch.bmm(delta.mT, inputs[layer]), biases[layer] - rate[:, 0] * delta.sum(1), *new]
            if layer:
                delta = torch.where(inputs[layer] > 0, torch.bmm(delta, weights[layer]), 0)
        return tuple(new), loss.mean(1)

    return parameters, step


VARIANTS = {"last-axis": last_axis, "batched": batched}


def several(step: Step, every: int, epochs: int) -> Callable[[Layers], tuple[Layers, list[torch.Tensor]]]:
    """So many epochs as one function; the losses before each epoch that is a multiple of `every`."""

    def run(p: Layers) -> tuple[Layers, list[torch.Tensor]]:
        losses = []
        for epoch in range(epochs):
            p, loss = step(p)
            if epoch % every == 0:
                losses.append(loss)
        return p, losses

    return torch.compile(run, fullgraph=True)


def prepare(problem: Problem, variant: str) -> Trainer:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    block = UNROLL if problem.every <= UNROLL else problem.every
    if block % problem.every or problem.epochs % block:
        raise SystemExit(f"{problem.epochs} epochs, every {problem.every}: multiples of each other and of {UNROLL}, please")
    chunks = [VARIANTS[variant](chunk) for chunk in problem.chunks(min(CHUNK[variant], problem.models))]
    # One compiled function for all chunks: what differs between them goes in as an argument.
    compiled = [several(step, problem.every, block) for _, step in chunks]
    for (parameters, _), run in zip(chunks, compiled):
        run(parameters)

    def train_chunk(parameters: Layers, step: Step, run: Callable) -> Array:
        losses: list[torch.Tensor] = []
        for _ in range(problem.epochs // block):
            parameters, more = run(parameters)
            losses += more
        losses.append(step(parameters)[1])
        return torch.stack(losses).numpy()

    return lambda: problem.join([train_chunk(p, step, run) for (p, step), run in zip(chunks, compiled)])

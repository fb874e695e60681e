"""PyTorch the way that courses teach it: one nn.Module after the other, autograd, torch.optim.SGD, a loop over epochs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from peer import Trainer
from problem import Array, Problem


def network(problem: Problem, index: int, device: str) -> nn.Sequential:
    """Model `index` with its initial weights."""
    layers: list[nn.Module] = []
    for weight, bias in zip(problem.weights, problem.biases):
        outputs, inputs = weight.shape[1:]
        linear = nn.Linear(inputs, outputs)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight[index]))
            linear.bias.copy_(torch.from_numpy(bias[index]))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1]).to(device)


def train_one(model: nn.Module, lr: float, x: torch.Tensor, y: torch.Tensor, epochs: int, every: int) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss_function = nn.BCEWithLogitsLoss()
    losses = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        if epoch % every == 0:
            losses.append(loss.item())
    with torch.no_grad():
        losses.append(loss_function(model(x), y).item())
    return losses


def prepare(problem: Problem, variant: str, device: str) -> Trainer:
    torch.set_num_threads(1)  # the work of a step is far too small for two
    torch.set_grad_enabled(True)  # check.py has all rivals in one process, and others switch it off
    x, y = torch.from_numpy(problem.x).to(device), torch.from_numpy(problem.y)[:, None].to(device)

    def train(problem: Problem) -> Array:
        losses = [
            train_one(network(problem, i, device), float(lr), x, y, problem.epochs, problem.every)
            for i, lr in enumerate(problem.lr)
        ]
        return np.array(losses, np.float32).T

    train(replace(problem.select(slice(1)), epochs=problem.every))  # what PyTorch loads at first use
    return Trainer(lambda: train(problem))

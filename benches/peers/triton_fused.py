"""Triton: one kernel trains all models over all epochs, the strongest of what is written by hand for NVIDIA's GPUs.

Without a GPU it runs only interpreted (TRITON_INTERPRET=1), for checking.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import triton

import triton_narrow
import triton_wide
from peer import Trainer
from problem import Array, Problem

TUNING_EPOCHS = 100


def narrow(problem: Problem) -> tuple[Array, dict[str, int]]:
    """The parameters as the kernel takes them, and its constants."""
    (w, v), (b, c) = problem.weights, problem.biases
    return np.stack([w[:, 0, 0], w[:, 0, 1], b[:, 0], v[:, 0, 0], c[:, 0]]), {}


def wide(problem: Problem) -> tuple[Array, dict[str, int]]:
    """The same for 2-H-H-1; its weights are [in, out]."""
    (w1, w2, w3), (c1, c2, c3) = problem.weights, problem.biases
    parts = [w1[:, :, 0], w1[:, :, 1], c1, w2.swapaxes(1, 2), c2, w3, c3]
    return np.concatenate([part.reshape(problem.models, -1) for part in parts], axis=1), {"H": problem.sizes[1]}


def grid_of(models: int) -> Callable[[dict], tuple[int]]:
    """Programs: a wide network has one of its own."""
    return lambda constants: (triton.cdiv(models, constants.get("MODELS", 1)),)


def choices(problem: Problem) -> list[triton.Config]:
    """What tuning chooses from."""
    return (triton_narrow if problem.sizes == (2, 1, 1) else triton_wide).CONFIGS


def launcher(problem: Problem, device: str, config: triton.Config | None) -> tuple[Callable[[int], torch.Tensor], object]:
    """A function that trains for so many recordings, by `config` or by what is the fastest; and its kernel."""
    is_narrow = problem.sizes == (2, 1, 1)
    kernel = triton_narrow.train_narrow if is_narrow else triton_wide.train_wide
    values, constants = (narrow if is_narrow else wide)(problem)
    if config is None:
        kernel = triton.autotune(choices(problem), key=["models", "ROWS", "EVERY"])(kernel)
    else:
        constants |= config.kwargs | {"num_warps": config.num_warps}
    arrays = (problem.x.T, problem.y, problem.lr, values)
    inputs = [torch.from_numpy(np.array(a, np.float32, order="C")).to(device) for a in arrays]
    losses = torch.empty((problem.recordings, problem.models), device=device)

    def launch(recordings: int) -> torch.Tensor:
        kernel[grid_of(problem.models)](
            *inputs, losses, problem.models, recordings, ROWS=len(problem.y), EVERY=problem.every, **constants
        )
        return losses

    return launch, kernel


def prepare(problem: Problem, variant: str, device: str) -> Trainer:
    if device != "cuda":
        raise ValueError("Triton needs CUDA")
    launch, kernel = launcher(problem, device, None)
    launch(TUNING_EPOCHS // problem.every + 1)
    torch.cuda.synchronize()
    host = torch.empty((problem.recordings, problem.models), pin_memory=True)

    def train() -> Array:
        host.copy_(launch(problem.recordings))  # waits for the device
        return host.numpy()

    return Trainer(train, str(kernel.best_config))


def interpreted(problem: Problem, config: triton.Config) -> Array:
    return launcher(problem, "cpu", config)[0](problem.recordings).numpy()

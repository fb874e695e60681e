"""PyTorch: all models of a chunk at once.

`func`: torch.func's vmap over gradients, eager. `eager`: gradients by hand, eager. `compile`: the same, several epochs as
one function of `torch.compile`. `graphs`: that function in CUDA graphs (`torch_graphs.py`).

On the CPU a chunk fits the cache, and there is a process for each core; on a GPU a chunk is all that memory may hold.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from peer import Trainer
from problem import Problem
from torch_steps import Chunk, Step, Tensors, by_func, by_hand

UNROLL = 10  # epochs compiled as one, so that Python is asked seldom
# Models of a chunk: of networks 2-1-1 and of others.
ON_CPU = {"func": (1000, 100), "eager": (512, 100), "compile": (128, 50)}
ON_CUDA = (1 << 17, 1 << 13)

Block = Callable[[Tensors, Tensors], tuple[Tensors, torch.Tensor]]


def several(step: Step, every: int, epochs: int) -> Block:
    """So many epochs as one function; stacks the losses before each epoch that is a multiple of `every`."""

    def run(p: Tensors, constants: Tensors) -> tuple[Tensors, torch.Tensor]:
        losses = []
        for epoch in range(epochs):
            record = epoch % every == 0
            p, loss = step(p, constants, record)
            if record:
                losses.append(loss)
        return p, torch.stack(losses)

    return run


def block_of(problem: Problem) -> int:
    """Epochs of one function."""
    block = UNROLL if problem.every <= UNROLL else problem.every
    if block % problem.every or problem.epochs % block:
        raise ValueError(f"{problem.epochs} epochs, every {problem.every}: multiples of each other and of {UNROLL}, please")
    return block


def in_blocks(chunk: Chunk, run: Block, calls: int) -> Callable[[], torch.Tensor]:
    """Trains by so many calls of `run`; gives all recorded losses."""

    def train() -> torch.Tensor:
        p, losses = chunk.parameters, []
        for _ in range(calls):
            p, more = run(p, chunk.constants)
            losses.append(more)
        losses.append(chunk.step(p, chunk.constants, True)[1][None])
        return torch.cat(losses)

    return train


def trainer_of(chunk: Chunk, run: Block, variant: str, calls: int) -> Callable[[], torch.Tensor]:
    if variant == "graphs":
        from torch_graphs import in_graphs

        return in_graphs(chunk, run, calls)
    p = chunk.parameters
    for _ in range(2):  # compiles, and again where outputs are other inputs than the first ones
        p = run(p, chunk.constants)[0]
    return in_blocks(chunk, run, calls)


def prepare(problem: Problem, variant: str, device: str) -> Trainer:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    block, wide = block_of(problem), problem.sizes != (2, 1, 1)
    most = (ON_CPU[variant] if device == "cpu" else ON_CUDA)[wide]
    make = by_func if variant == "func" else by_hand
    parts = list(problem.chunks(min(most, problem.models)))
    chunks = [make(part, device) for part in parts]
    run = several(chunks[0].step, problem.every, block)
    if variant in ("compile", "graphs"):
        # A GPU's kernels are few and alike: trying several sizes of their blocks takes seconds.
        run = torch.compile(run, fullgraph=True, options={"max_autotune_pointwise": True} if device == "cuda" else None)
    trainers = [trainer_of(chunk, run, variant, problem.epochs // block) for chunk in chunks]
    # Copies from a GPU are fastest into pages that can't be swapped out.
    pinned = device == "cuda"
    hosts = [torch.empty((problem.recordings, part.models), pin_memory=pinned) for part in parts]

    def train() -> torch.Tensor:
        for host, trainer in zip(hosts, trainers):
            host.copy_(trainer())  # waits for the device
        return problem.join([host.numpy() for host in hosts])

    return Trainer(train)

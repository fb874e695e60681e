"""PyTorch with CUDA graphs: hundreds of epochs are one call of the driver."""

from __future__ import annotations

from collections.abc import Callable

import torch

from torch_steps import Chunk, Tensors

CALLS = 10  # of the compiled function in a graph: 100 epochs


class Graph:
    """Several calls of `run` in a row, captured.

    By hand and not by mode="reduce-overhead": that makes a graph of each call of the compiled function, copies parameters
    into it and asks Python in between; here it is ten times fewer launches, and parameters stay where they are.
    """

    def __init__(self, chunk: Chunk, run: Callable, calls: int) -> None:
        self.chunk, self.run = chunk, run
        self.parameters = tuple(p.clone() for p in chunk.parameters)
        # Compiling and the first use of libraries can't be captured, so that both come before, on another stream as
        # PyTorch's notes on CUDA graphs ask for. The first call compiles for these parameters, the second for its results.
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self.train(3)
        torch.cuda.current_stream().wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.losses = self.train(calls)

    def train(self, calls: int) -> torch.Tensor:
        """What is captured: the same tensors hold the parameters before and afterwards."""
        p: Tensors = self.parameters
        losses = []
        for _ in range(calls):
            p, more = self.run(p, self.chunk.constants)
            losses.append(more)
        for old, new in zip(self.parameters, p):
            old.copy_(new)
        return torch.cat(losses)

    def start(self) -> None:
        for mine, initial in zip(self.parameters, self.chunk.parameters):
            mine.copy_(initial)

    def replay(self, losses: torch.Tensor) -> None:
        """Goes on; its losses go where they belong before the next replay overwrites them."""
        self.graph.replay()
        losses.copy_(self.losses)


def in_graphs(chunk: Chunk, run: Callable, calls: int) -> Callable[[], torch.Tensor]:
    """Trains by so many calls of `run`; gives all recorded losses."""
    per_graph = next(count for count in range(min(CALLS, calls), 0, -1) if calls % count == 0)
    graph = Graph(chunk, run, per_graph)
    recorded, replays = len(graph.losses), calls // per_graph
    losses = torch.empty((replays * recorded + 1, graph.losses.shape[1]), device=graph.losses.device)

    def train() -> torch.Tensor:
        graph.start()
        for k in range(replays):
            graph.replay(losses[k * recorded : (k + 1) * recorded])
        losses[-1] = chunk.step(graph.parameters, chunk.constants, True)[1]
        return losses

    return train

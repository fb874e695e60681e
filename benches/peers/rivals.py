"""Which rivals there are, for which workloads and devices."""

from __future__ import annotations

from dataclasses import dataclass

from peer import Rival, cores

# hidden layers, models, epochs, epochs between two losses
WORKLOADS = {
    "W": ("1", 2000, 1000, 1),
    "W2": ("16,16", 1000, 1000, 10),
    "W3": ("1", 100_000, 1000, 10),
}


@dataclass(frozen=True)
class Entry:
    """A rival on one device. Of some workloads it trains a sample of the models, since all would take minutes or hours."""

    name: str
    package: str
    rival: Rival
    workloads: tuple[str, ...]
    samples: dict[str, int]

    @property
    def device(self) -> str:
        return self.rival.device


# 20 models, equally spaced, would share two of the 40 learning rates.
FEW = 21


def on_cpu(name: str, module: str, variant: str, workloads: str, processes: int, samples: dict[str, int] | None = None) -> Entry:
    rival = Rival(module, variant, "cpu", processes)
    return Entry(name, module.split("_")[0], rival, tuple(workloads.split()), samples or {})


def on_cuda(name: str, module: str, variant: str, workloads: str) -> Entry:
    return Entry(name, module.split("_")[0], Rival(module, variant, "cuda", 1), tuple(workloads.split()), {})


def entries(device: str) -> list[Entry]:
    """All rivals on a device, the strongest first: the last ones are left out where time is short. On the CPU those that
    use one core get a process for each."""
    if device == "cuda":
        return [
            on_cuda("triton fused", "triton_fused", "", "W W2 W3"),
            on_cuda("torch.compile, CUDA graphs", "torch_vmap", "graphs", "W W2 W3"),
            on_cuda("jax last axis", "jax_vmap", "last-axis", "W W3"),
            on_cuda("jax batched", "jax_vmap", "batched", "W W2 W3"),
            on_cuda("jax jit(vmap)", "jax_vmap", "vmap", "W W2 W3"),
            on_cuda("torch.compile", "torch_vmap", "compile", "W W2 W3"),
            on_cuda("torch by hand, eager", "torch_vmap", "eager", "W W2 W3"),
            on_cuda("torch.func vmap, eager", "torch_vmap", "func", "W W2 W3"),
        ]
    each = len(cores())
    return [
        on_cpu("numba lanes", "numba_cpu", "lanes", "W W3", 1),
        on_cpu("numba rows", "numba_cpu", "rows", "W2", 1),
        on_cpu("jax last axis", "jax_vmap", "last-axis", "W W3", each),
        on_cpu("jax batched", "jax_vmap", "batched", "W2", each),
        on_cpu("torch.compile", "torch_vmap", "compile", "W W2 W3", each),
        on_cpu("jax jit(vmap)", "jax_vmap", "vmap", "W W2 W3", each),
        on_cpu("torch by hand, eager", "torch_vmap", "eager", "W W2 W3", each, {"W3": 10_000}),
        on_cpu("torch.func vmap, eager", "torch_vmap", "func", "W W2 W3", each, {"W3": 2000}),
        on_cpu("torch loop", "torch_loop", "", "W W2 W3", 1, {"W": FEW, "W2": FEW, "W3": FEW}),
    ]


# Those of ../rust_rivals by device, for W alone and on a sample.
RUST = {"cpu": ("burn-flex", "burn-ndarray", "burn-wgpu", "candle"), "cuda": ("burn-wgpu",)}

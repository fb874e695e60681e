"""Threads, processes, signals, memory, output."""

from __future__ import annotations

import concurrent.futures
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import gpu_sweep as gs

FEW = {"lr": 0.5, "seeds": 3, "epochs": 20, "device": "cpu"}


def losses(seed: int = 0) -> list[float]:
    return list(gs.sweep(**FEW, seed=seed).models["train_loss"])


def test_threads_at_once_give_the_same() -> None:
    expected = [losses(seed) for seed in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(losses, range(8))) == expected


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_give_the_same(start: str) -> None:
    expected = [losses(seed) for seed in range(3)]
    context = multiprocessing.get_context(start)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(losses, range(3), timeout=120)) == expected


def test_other_threads_run_meanwhile() -> None:
    counted, done = 0, threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    gs.sweep(lr=0.1, seeds=2000, epochs=1000, device="cpu")
    done.set()
    thread.join()
    assert counted > 5


@pytest.mark.parametrize("out", [False, True])
def test_ctrl_c_ends_a_training_and_a_folder_keeps_what_is_finished(out: bool, tmp_path: Path) -> None:
    # A process in the background of a shell ignores the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    more = {"out": tmp_path / "study", "chunk_models": 1000} if out else {}
    with pytest.raises(KeyboardInterrupt):
        gs.sweep(lr=0.1, seeds=10_000_000, epochs=1000, curves="none", device="cpu", **more)
    assert losses() == losses()
    if out:
        assert (tmp_path / "study" / "sweep.toml").is_file()


def test_ctrl_c_while_a_folder_is_written_leaves_one_that_goes_on(tmp_path: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    million = {"lr": 0.1, "seeds": 1_000_000, "epochs": 1, "curves": "none", "device": "cpu"}

    def after_training(done: int) -> None:
        if done == 1_000_000:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        gs.sweep(**million, out=tmp_path / "study", progress=after_training)
    study = gs.sweep(**million, out=tmp_path / "study")
    assert study.n_models == 1_000_000 and (tmp_path / "study" / "report.html").is_file()


def test_a_bar_knows_all_epochs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    totals: list[int | None] = []

    class Bar:
        def __init__(self, total: int | None) -> None:
            totals.append(total)

        def update(self, more: int) -> None:
            pass

        def close(self) -> None:
            pass

    monkeypatch.setattr("gpu_sweep._progress._bar", Bar)
    gs.sweep(**FEW, progress=True)
    gs.sweep(**FEW, progress=True, out=tmp_path / "study")
    assert totals == [3 * 20, 3 * 20]


def test_what_was_done_with_the_data_is_told() -> None:
    X = np.random.default_rng(0).normal(size=(40, 3))
    X[:, 1] = 7
    study = gs.sweep((X, X[:, 0] > 0), **FEW)
    assert any("constant" in note for note in study.notes) and "constant" in study._repr_html_()


@pytest.mark.parametrize("first", ["torch, gpu_sweep", "gpu_sweep, torch"])
def test_it_lives_beside_pytorch(first: str) -> None:
    pytest.importorskip("torch")
    code = (
        f"import {first}, sys; import gpu_sweep as gs\n"
        "a = gs.sweep(lr=0.5, seeds=3, epochs=20, device='cpu').models['train_loss']\n"
        "x = torch.randn(200, 200, requires_grad=True); (x @ x).sum().backward()\n"
        "b = gs.sweep(lr=0.5, seeds=3, epochs=20, device='cpu').models['train_loss']\n"
        "print(list(a) == list(b))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stdout.strip() == "True", done.stderr


def test_a_stopped_study_goes_on(tmp_path: Path) -> None:
    whole = gs.sweep(**FEW, out=tmp_path / "whole")
    again = gs.sweep(**FEW, out=tmp_path / "whole")
    assert list(whole.models["train_loss"]) == list(again.models["train_loss"])
    with pytest.raises(gs.StudyError, match="different study"):
        gs.sweep(**{**FEW, "epochs": 21}, out=tmp_path / "whole")
    gs.sweep(**{**FEW, "epochs": 21}, out=tmp_path / "whole", force=True)


def test_nothing_is_printed_unless_asked(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gpu_sweep"):
        study = gs.sweep(**FEW)
        study.plot.accuracy()
        study.model(0).replay()
    out, err = capfd.readouterr()
    assert out == "" and err == ""
    seen: list[int] = []
    gs.sweep(**FEW, progress=seen.append)
    assert seen[-1] == 3 * 20 and seen == sorted(seen)


def test_the_command_is_in_the_package(tmp_path: Path) -> None:
    code = "import sys; from gpu_sweep._command import main; sys.exit(main())"
    run = lambda *words: subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert run("--version").stdout.strip() == f"gpu-sweep {gs.__version__}"
    done = run("--models", "8", "--epochs", "5", "--device", "cpu", "--out", "study")
    assert done.returncode == 0, done.stderr
    assert gs.load(tmp_path / "study").n_models == 8
    wrong = run("--epochs", "x")
    assert wrong.returncode == 2 and "--epochs must be" in wrong.stderr


def test_a_thousand_sweeps_take_no_more_memory() -> None:
    def resident() -> int:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def some(count: int) -> None:
        for seed in range(count):
            study = gs.sweep(lr=[0.1, 0.2], seeds=2, seed=seed, epochs=3, device="cpu")
            assert study.curves["train_loss"].shape[0] == 2 and study.models.rows == 4

    some(200)
    before = resident()
    some(800)
    assert resident() - before < 20 << 20

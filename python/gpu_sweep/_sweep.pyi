"""Types of the settings, made by ``python -m gpu_sweep._stubs``."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from numpy.typing import NDArray

from ._data import Given
from ._study import Study

SETTINGS: dict[str, dict[str, Any]]
FROM_MEMORY: tuple[str, ...]
SHARED: tuple[str, ...]
Values = float | str | Sequence[float] | NDArray[Any]
Choices = str | int | float | Sequence[Any] | NDArray[Any]
File = str | os.PathLike[str]

def refuse_unknown(settings: Iterable[str]) -> None: ...
def prepared(data: Any, settings: dict[str, Any]) -> AbstractContextManager[Given]: ...
def run(
    data: Any, options: dict[str, Any], settings: dict[str, Any], progress: bool | Callable[[int], None]
) -> Study | None: ...
def settings() -> list[dict[str, Any]]: ...
def sweep(
    data: Any = None,
    /,
    *,
    device: str | None = None,
    threads: int | None = None,
    mapping: str | None = None,
    preset: str | None = None,
    config: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    force: bool = False,
    shard: str | None = None,
    progress: bool | Callable[[int], None] = False,
    dataset: Choices | None = None,
    points: float | None = None,
    noise: float | None = None,
    label: Choices | None = None,
    target: Choices | None = None,
    task: Choices | None = None,
    positive: Choices | None = None,
    no_header: bool | None = None,
    delimiter: Choices | None = None,
    drop: Choices | None = None,
    categorical: Choices | None = None,
    missing: Choices | None = None,
    max_rows: float | None = None,
    split_column: Choices | None = None,
    standardize: bool | None = None,
    standardize_target: bool | None = None,
    validation_fraction: float | None = None,
    test_fraction: float | None = None,
    data_seed: float | None = None,
    data_seeds: float | None = None,
    folds: float | None = None,
    blur: float | None = None,
    features: Choices | None = None,
    classes: float | None = None,
    relevant_features: float | None = None,
    modulus: float | None = None,
    label_noise: Choices | None = None,
    hidden: Choices | None = None,
    activation: Choices | None = None,
    bias: bool | None = None,
    loss: Choices | None = None,
    class_weight: Choices | None = None,
    init: Choices | None = None,
    init_bias: Choices | None = None,
    scaling: Choices | None = None,
    optimizer: Choices | None = None,
    epochs: float | None = None,
    schedule: Choices | None = None,
    batch_size: Choices | None = None,
    shuffle: Choices | None = None,
    batch_order: Any = None,
    step_size: float | None = None,
    gamma: float | None = None,
    warmup: float | None = None,
    lr: Values | None = None,
    lr_first: Values | None = None,
    momentum: Values | None = None,
    weight_decay: Values | None = None,
    init_scale: Values | None = None,
    beta1: Values | None = None,
    beta2: Values | None = None,
    alpha: Values | None = None,
    epsilon: Values | None = None,
    clip: Values | None = None,
    offset_a: Values | None = None,
    offset_b: Values | None = None,
    label_smoothing: Values | None = None,
    models: float | None = None,
    seeds: float | None = None,
    seed: float | None = None,
    independent_seeds: bool | None = None,
    trials: Any = None,
    init_from: Any = None,
    success_threshold: float | None = None,
    select: Choices | None = None,
    record_every: float | None = None,
    record: Choices | None = None,
    metrics: Choices | None = None,
    curves: Choices | None = None,
    save_weights: bool | None = None,
    chunk_models: float | None = None,
    map: Choices | None = None,
) -> Study:
    """Trains a network for each combination of settings and each seed, and returns the study of all of them.

    ``data`` is a pair ``(X, y)`` of arrays, a data frame, the path of a table, or the name of a built-in set. Every other
    argument is a setting with the name of its flag; :func:`gpu_sweep.settings` lists them. A sequence of numbers is an
    axis, a sequence of words or networks makes cells. Without ``out`` nothing is written; with it the folder holds all
    results, and a study that was stopped goes on there. ``progress`` shows a bar, or is called with the number of epochs
    done, summed over models.

    Raises :class:`InvalidSetting` (a ``ValueError``), :class:`DataError`, :class:`DeviceError`, :class:`StudyError`, and
    ``TypeError`` for a name that is no setting. Ctrl-C raises ``KeyboardInterrupt`` within a second; a folder keeps what is
    finished.

    Settings:

    data: Table to learn from, or - for standard input [default: dataset]
    dataset: Built-in data: qwerties, blobs, moons, circles, xor, spirals, random, gaussians, parity,
        modular-addition, friedman1, digits, iris, wine, breast-cancer or diabetes [default: qwerties]
    points: Points that are drawn of built-in data, all classes together [default: 200]
    noise: Noise of moons, circles, xor, spirals and friedman1 [default: 0]
    label: Column of the classes: its name, or its number from 1 or, from the end, -1 [default: the last]
    target: Columns to predict, in place of label: names or numbers with commas; several are numbers
    task: What is learnt of data: binary, classes or regression [default: by the label column]
    positive: Value that is class 1 [default: the greater number or later word]
    no_header: The first line of data is a row of data: columns are called x1, x2, ...
    delimiter: Delimiter of the columns of data: comma, semicolon, tab, bar or blanks, or the character [default:
        as in the first lines]
    drop: Columns of data that are no features: names with commas, * for any text
    categorical: Columns of words: one-hot, drop or refuse [default: one-hot, but no numbers mixed with words]
    missing: Missing values: refuse, drop, mean or median [default: refuse]
    max_rows: Learn from a random sample of the rows of data, class by class, drawn by data_seed
    split_column: Column of data with the set of each row: train, validation or test
    standardize: Scale features to mean 0 and standard deviation 1 [default for data and built-in tables]
    standardize_target: False: Learn numbers as they are, not scaled to mean 0 and standard deviation 1
    validation_fraction: Share of each class kept for choosing between models [default: 0]
    test_fraction: Share of each class kept for testing, 0 to 0.9 [default: 0]
    data_seed: Seed of built-in data, of the split and of the order of mini-batches [default: 0]
    data_seeds: Number of data sets, drawn with data_seed and the seeds after it [default: 1]
    folds: Cross-validation: each of K equal parts of the rows is once the test set
    blur: Standard deviation of the clusters of qwerties, blobs and gaussians [default: 1]
    features: Columns of data to learn from, as drop names them; or the number of features of random, gaussians,
        parity and friedman1 [default: 16]
    classes: Classes of gaussians [default: 3]
    relevant_features: Features whose product is the label of parity [default: 3]
    modulus: Modulus of modular-addition [default: 97]
    label_noise: Share of the training rows whose labels are drawn anew, over all classes alike [default: 0]
    hidden: Widths of the hidden layers: 16 or 16,16 or none [default: 1]
    activation: Activation of the hidden layers: relu, leaky-relu, tanh, sigmoid, gelu, elu, silu or identity
        [default: relu]
    bias: False: Layers without biases
    loss: Loss: bce, mse, hinge, softmax, mae or huber [default: bce]
    class_weight: Weights of the classes in the loss: none or balanced [default: none]
    init: Initial weights: torch, xavier-uniform, xavier-normal, kaiming-uniform, kaiming-normal, normal, uniform,
        orthogonal or zeros [default: torch]
    init_bias: Initial biases: torch or zeros [default: torch]
    scaling: standard, or mean-field: weights times 1/√inputs, in the last layer 1/inputs [default: standard]
    optimizer: Optimizer: sgd, momentum, nesterov, adam, adamw, lion or rmsprop [default: sgd]
    epochs: Passes over the training rows [default: 1000]
    schedule: What the learning rate does from epoch to epoch, by PyTorch's definitions: constant, step,
        exponential, cosine or warmup-cosine [default: constant]
    batch_size: Rows of an update, or full [default: full]
    shuffle: Order of the rows in mini-batches: shared or per-seed [default: shared]
    batch_order: The order from a file instead: an array order [epochs, rows]
    step_size: Epochs between two steps of step [default: a third of all]
    gamma: Factor of each step of step [default: 0.1] and exponential [ends at 0.01]
    warmup: Epochs of the rise in warmup-cosine [default: a tenth of all]
    lr: Learning rates [default: linspace:0.001:0.1:40]
    lr_first: Learning rates of the first layer alone [default: as lr]
    momentum: Momentum of momentum and nesterov [default: 0.9]
    weight_decay: Weight decay, of biases too [default: 0; adamw: 0.01]
    init_scale: Multiplies the initial weights; of normal the standard deviation [default: 1]
    beta1: Decay of adam's, adamw's and lion's mean of gradients [default: 0.9]
    beta2: Second decay of adam, adamw and lion; adam's is that of its mean of squares [default: 0.999; lion:
        0.99]
    alpha: Decay of rmsprop's mean of squares [default: 0.99]
    epsilon: What adam, adamw and rmsprop add to the root [default: 1e-8]
    clip: Largest norm of a model's gradient; longer ones are cut [default: any]
    offset_a: Moves initial weights along a random direction, 1 as far as they are from 0 [default: 0]
    offset_b: The same along a second direction [default: 0]
    label_smoothing: Share of every label that goes to both classes alike [default: 0]
    models: Number of models [default: 1000]
    seeds: Number of seeds, each with every combination, not models
    seed: The first seed; the others count up from it [default: 0]
    independent_seeds: A seed of its own for every model
    trials: CSV table with a row per model, columns lr and seed
    init_from: Initial weights, as save_weights writes them
    success_threshold: Success: more than this share of training rows right [default: 40 % of the way from the
        most common class to 1]
    select: The best value has the best accuracy, balanced, auc or loss [default: accuracy]
    record_every: Epochs between two points of a curve [default: for up to 200 points]
    record: Curves beside the training loss: accuracy, test or both [default: none]
    metrics: Metrics beside loss and accuracies: auc [default: none]
    curves: Models whose curves are kept: auto, all, none or N [default: auto]
    save_weights: Also write all initial and final weights to weights.npz
    chunk_models: Models per file in chunks/ [default: by the work in one]
    map: The two axes of a map, a model a pixel
    """

//! Settings of built-in data sets.

pub const MESSAGES: &[(&str, &str)] = &[
    (
        "--dataset iris --points 99",
        "--points has no effect with --dataset iris; use --dataset qwerties, blobs, moons, \
         circles, xor, spirals, random, gaussians, parity or friedman1",
    ),
    ("--classes 4", "--classes has no effect with --dataset qwerties; use --dataset gaussians"),
    ("--dataset gaussians --classes 129", "--classes must be a whole number from 2 to 128, not \"129\""),
    (
        "--dataset gaussians --classes 100 --points 99",
        "--points must be 100 or more, a point for each of the --classes, not 99",
    ),
    ("--modulus 5", "--modulus has no effect with --dataset qwerties; use --dataset modular-addition"),
    (
        "--dataset parity --features 4 --relevant-features 5",
        "--features must be 5 or more with --dataset parity, which --relevant-features needs, not 4",
    ),
    ("--dataset friedman1 --features 4 --loss mse", "--features must be 5 or more with --dataset friedman1, not 4"),
    (
        "--dataset iris --data-seeds 2",
        "--data-seeds has no effect on --dataset iris whose rows are all trained on; add --test-fraction, which each of \
         them splits differently",
    ),
    ("--label-noise 1.1", "--label-noise must be a share of the rows from 0 to 1, or several with commas, not \"1.1\""),
    (
        "--dataset diabetes --loss mse --label-noise 0.1",
        "--label-noise has no effect with --dataset diabetes, which has numbers as targets; use data with classes or \
         leave it out",
    ),
];

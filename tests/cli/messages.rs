//! Wrong input and its exact error message: what is wrong, where, what is allowed, what to type.

mod data;
mod lists;
mod names;

use crate::support::Place;

#[test]
fn every_wrong_word_has_its_sentence() {
    let place = Place::new();
    std::fs::create_dir(place.path("folder")).unwrap();
    for (name, text) in names::FILES {
        place.write(name, text);
    }
    place.write("bytes.toml", b"lr = \xff\n");
    let all = || [MESSAGES, names::MESSAGES, lists::MESSAGES, data::MESSAGES].into_iter().flatten();
    assert!(all().count() >= 180);
    let mut wrong = Vec::new();
    for (words, line) in all() {
        let run = place.run(words);
        if (run.code, run.err.as_str()) != (2, format!("gpu-sweep: error: {line}\n").as_str()) {
            wrong.push(format!("{words}\n  {} {}  not {line}", run.code, run.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!place.path("gpu-sweep-out").exists(), "refused settings leave nothing behind");
}

const MESSAGES: &[(&str, &str)] = &[
    ("--epochs x", "--epochs must be a whole number from 0 to 100000000, not \"x\""),
    ("--epochs", "--epochs needs a value; gpu-sweep --help describes it"),
    ("--epochs -1", "--epochs must be a whole number from 0 to 100000000, not \"-1\""),
    ("--epochs 1.5", "--epochs must be a whole number from 0 to 100000000, not \"1.5\""),
    ("--epochs 4294967296", "--epochs must be a whole number from 0 to 100000000, not \"4294967296\""),
    ("--epochs 200M", "--epochs must be a whole number from 0 to 100000000, not \"200M\""),
    ("--epochs 3 --epochs 4", "--epochs is given more than once; give it once"),
    ("--modles 3", "gpu-sweep has no flag --modles; did you mean --models?"),
    ("--weight_decay 0.1", "gpu-sweep has no flag --weight_decay; did you mean --weight-decay?"),
    ("--models 0", "--models must be a whole number from 1 to 1099511627776, not \"0\""),
    ("--models 1e30", "--models must be a whole number from 1 to 1099511627776, not \"1e30\""),
    ("--models 2e12", "--models must be a whole number from 1 to 1099511627776, not \"2e12\""),
    ("--seeds 0", "--seeds must be a whole number from 1 to 1099511627776, not \"0\""),
    ("--models 3 --seeds 4", "--models can't be used together with --seeds; leave one of them out"),
    (
        "--lr -0.1",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"-0.1\"",
    ),
    (
        "--lr fast",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"fast\"",
    ),
    (
        "--lr 0.1,fast",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"0.1,fast\"; \"fast\" is no such number",
    ),
    (
        "--lr linspce:0:1:3",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"linspce:0:1:3\"; did you mean linspace?",
    ),
    (
        "--lr linspace:0:1",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"linspace:0:1\"; COUNT is missing: linspace:0:1:20",
    ),
    (
        "--lr linspace:0:1:0",
        "--lr has COUNT 0 in linspace:0:1:0; the number of values must be a whole number from 1 to 1000000",
    ),
    (
        "--lr 0..1",
        "--lr goes from 0 to 1 by equal factors, which needs two ends above 0; for equal steps type \
         linspace:0:1:20",
    ),
    ("--lr 0.1,0.1", "--lr has 0.1 more than once; give each value only once (--seeds N trains each value N times)"),
    ("--lr 0,01,0,1", "--lr has 0 more than once; a fraction is typed with a point: 0.01"),
    (
        "--hidden 16,65",
        "--hidden must be none or up to 4 widths of 1 to 64, such as 16,16, or several networks with slashes, \
         such as 4/16,16, not \"16,65\"",
    ),
    (
        "--hidden 1,1,1,1,1",
        "--hidden must be none or up to 4 widths of 1 to 64, such as 16,16, or several networks with slashes, \
         such as 4/16,16, not \"1,1,1,1,1\"",
    ),
    ("--hidden 4/4", "--hidden has 4 more than once; name each choice only once"),
    (
        "--optimizer sdg",
        "--optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or several with commas, not \
         \"sdg\"; did you mean sgd?",
    ),
    (
        "--optimizer sgd,adm",
        "--optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or several with commas, not \
         \"adm\"; did you mean adam?",
    ),
    ("--optimizer adam,Adam", "--optimizer has adam more than once; name each choice only once"),
    (
        "--activation rleu",
        "--activation must be relu, leaky-relu, tanh, sigmoid, gelu, elu, silu or identity, or several with commas, \
         not \"rleu\"; did you mean relu?",
    ),
    (
        "--init he-unifrm",
        "--init must be torch, xavier-uniform, xavier-normal, kaiming-uniform, kaiming-normal, normal, uniform, \
         orthogonal or zeros, or several with commas, not \"he-unifrm\"; did you mean he-uniform?",
    ),
    ("--loss sme", "--loss must be bce, mse, hinge, softmax, mae or huber, not \"sme\"; did you mean mse?"),
    (
        "--dataset moon",
        "--dataset must be qwerties, blobs, moons, circles, xor, spirals, random, gaussians, parity, modular-addition, \
         friedman1, digits, iris, wine, breast-cancer or diabetes, or several with commas, not \"moon\"; did you \
         mean moons?",
    ),
    (
        "--schedule cosin",
        "--schedule must be constant, step, exponential, cosine or warmup-cosine, or several with commas, not \
         \"cosin\"; did you mean cosine?",
    ),
    ("--shuffle per-sed", "--shuffle must be shared or per-seed, not \"per-sed\"; did you mean per-seed?"),
    ("--scaling mean-feld", "--scaling must be standard or mean-field, not \"mean-feld\"; did you mean mean-field?"),
    ("--init-bias zeros,torch", "--init-bias must be torch or zeros, not \"zeros,torch\""),
    ("--batch-size 0", "--batch-size must be full or a whole number from 1, or several with commas, not \"0\""),
    ("--record loss", "--record must be accuracy, test or both, not \"loss\""),
    ("--record test", "--record has test curves, which need rows for testing; add --test-fraction 0.25"),
    ("--record-every 0", "--record-every must be a whole number from 1 to 4294967295, not \"0\""),
    ("--curves some", "--curves must be auto, all, none or a whole number of models, not \"some\""),
    ("--save-weights=perhaps", "--save-weights must be true or false, not \"perhaps\""),
    ("--test-fraction 0.95", "--test-fraction must be a share from 0 (no such rows) to 0.9, not \"0.95\""),
    (
        "--validation-fraction 0.5 --test-fraction 0.5",
        "--validation-fraction and --test-fraction together must be less than 1, not 1: some rows train",
    ),
    ("--success-threshold 70", "--success-threshold must be a share of the rows from 0 to 1, not \"70\""),
    ("--blur nan", "--blur must be a number from 0 to 1e30, not \"nan\""),
    ("--blur 1e300", "--blur must be a number from 0 to 1e30, not \"1e300\""),
    ("--noise -1 --dataset moons", "--noise must be a number from 0 to 1e30, not \"-1\""),
    (
        "--noise 0.1",
        "--noise has no effect with --dataset qwerties; use --dataset moons, circles, xor, spirals or friedman1",
    ),
    (
        "--dataset moons --blur 2",
        "--blur has no effect with --dataset moons; use --dataset qwerties, blobs or \
         gaussians",
    ),
    (
        "--features 3",
        "--features has no effect with --dataset qwerties; use --dataset random, gaussians, \
         parity or friedman1",
    ),
    ("--points 1", "--points must be a whole number from 2 to 100000, not \"1\""),
    ("--points 123456789", "--points must be a whole number from 2 to 100000, not \"123456789\""),
    ("--data-seeds 0", "--data-seeds must be a whole number from 1 to 10000, not \"0\""),
    (
        "--data-seed 18446744073709551615 --data-seeds 2",
        "--data-seeds 2 from --data-seed 18446744073709551615 on go beyond 2^64 - 1; use a smaller --data-seed",
    ),
    (
        "--dataset random",
        "--dataset random has no classes but numbers above 1/2, which --loss bce can't learn; add --loss mse",
    ),
    ("--momentum 0.5", "--momentum has no effect with --optimizer sgd; use --optimizer momentum or nesterov"),
    (
        "--optimizer adam --momentum 0.5",
        "--momentum has no effect with --optimizer adam; use --optimizer momentum or nesterov",
    ),
    ("--optimizer adam --beta1 1", "--beta1 must be a number from 0 to below 1, not 1"),
    ("--optimizer rmsprop --alpha 1.5", "--alpha must be a number from 0 to 1, not 1.5"),
    (
        "--clip nan",
        "--clip must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"nan\"",
    ),
    (
        "--loss hinge --label-smoothing 0.1",
        "--label-smoothing has no effect with --loss hinge; use --loss bce, mse or softmax",
    ),
    (
        "--dataset random --loss mse --label-smoothing 0.1",
        "--label-smoothing has no effect with --dataset random, which has numbers as targets; use data with classes or \
         leave it out",
    ),
    ("--label-smoothing 1", "--label-smoothing must be a number from 0 to below 1, not 1"),
    ("--gamma 0.5", "--gamma has no effect with --schedule constant; use --schedule step or exponential"),
    ("--schedule cosine --step-size 3", "--step-size has no effect with --schedule cosine; use --schedule step"),
    ("--schedule step --step-size 0", "--step-size must be a whole number from 1 to 4294967295, not \"0\""),
    (
        "--schedule warmup-cosine --epochs 5 --warmup 5",
        "--warmup must be fewer than the 5 epochs of the training, not 5",
    ),
    ("--shuffle per-seed", "--shuffle has no effect without mini-batches; add --batch-size, such as --batch-size 32"),
    (
        "--batch-order o.npz",
        "--batch-order has no effect without mini-batches; add --batch-size, such as --batch-size 32",
    ),
    (
        "--init zeros --init-scale 2",
        "--init-scale has no effect with --init zeros; use weights that --init draws, such as --init torch",
    ),
    ("--init-from w.npz --init normal", "--init-from can't be used together with --init; leave one of them out"),
    ("--scaling mean-field", "--scaling mean-field needs a network without biases; add --no-bias"),
    (
        "--scaling mean-field --no-bias --optimizer adam",
        "--optimizer must be sgd, momentum or nesterov with --scaling mean-field, not adam",
    ),
    ("--label y", "--label has no effect without a file; add --data FILE.csv"),
    ("--positive 1", "--positive has no effect without a file; add --data FILE.csv"),
    ("--data d.csv --dataset moons", "--data can't be used together with --dataset; leave one of them out"),
    ("--data none.csv", "none.csv: can't be opened: No such file or directory (os error 2)"),
    (
        "--data d.csv --label lable",
        "d.csv, line 1: no label column \"lable\"; --label must be one of \"a\", \"label\", or its number, 1 to \
         2, or -1 for the last; did you mean label?",
    ),
    ("--data d.csv --blur 2", "--blur has no effect with --data; use it with --dataset qwerties, blobs or gaussians"),
    (
        "--data d.csv --data-seeds 2",
        "--data-seeds has no effect on a file whose rows are all trained on; add --test-fraction, which each of \
         them splits differently",
    ),
    ("--config none.toml", "none.toml: can't be opened: No such file or directory (os error 2)"),
    ("--config typo.toml", "typo.toml, line 2, column 1: there is no setting \"epoch\"; did you mean epochs?"),
    (
        "--config bad.toml",
        "bad.toml, line 1, column 13: optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or \
         several with commas, not \"sdg\"; did you mean sgd?",
    ),
    (
        "--preset curse",
        "--preset must be course, momentum, optimizers, init-std, init-study, depth-breadth, xor-playground, \
         fractal-tanh, fractal-relu or fractal-identity, not \"curse\"; did you mean course?",
    ),
    ("--preset course --config c.toml", "--preset can't be used together with --config; leave one of them out"),
    ("--seed 18446744073709551616", "--seed must be a whole number from 0 to 2^64 - 1, not \"18446744073709551616\""),
    (
        "--seed 18446744073709551615 --seeds 2",
        "--seed must be small enough that the last seed stays below 2^64, not 18446744073709551615",
    ),
    (
        "--trials t.csv --seeds 3",
        "--seeds has no effect with --trials, whose column seed has every model's seed; leave it out",
    ),
    (
        "--trials t.csv --independent-seeds",
        "--independent-seeds has no effect with --trials, whose column seed has every model's seed; leave it out",
    ),
    ("--trials t.csv --models 3", "--models must be up to 2, the rows of the --trials file, not 3"),
    ("--trials t.csv --lr 0.5", "--lr can't be used together with the column lr of --trials; leave one of them out"),
    (
        "--trials t.csv --clip 1,2",
        "--clip has 2 values, but every row of --trials is a single model; give one value for all rows, or a \
         column clip",
    ),
    (
        "--trials typo.csv",
        "typo.csv, line 1, column 2: unknown column \"sed\"; the columns must be seed, lr and, as wanted, \
         lr_first, momentum, weight_decay, init_scale, beta1, beta2, alpha, epsilon, clip, offset_a, offset_b, \
         label_smoothing; did you mean seed?",
    ),
    ("--device reference --threads 2", "--threads 2 only applies to --device cpu; this run uses the reference engine"),
    ("--threads 0", "--threads must be a whole number from 1 to 4096, not \"0\""),
    ("--shard 3/3", "--shard must be i/n with 0 ≤ i < n, such as 0/4, or auto; n up to 1000000, not 3/3"),
    ("--shard one", "--shard must be i/n with 0 ≤ i < n, such as 0/4, or auto, not \"one\""),
    ("--shards 3", "gpu-sweep needs --shard <i/n>; gpu-sweep --help describes it"),
    ("--log-format xml", "--log-format must be text or json, not \"xml\""),
    ("--json=5", "--json takes no value; type --json alone"),
    ("lr-fnd", "gpu-sweep has no command \"lr-fnd\"; did you mean lr-find?"),
    ("d.csv", "gpu-sweep has no command \"d.csv\"; did you mean --data d.csv?"),
    ("nonsense", "gpu-sweep has no command \"nonsense\"; gpu-sweep --help lists everything"),
    ("verify --epochs 3", "gpu-sweep verify has no flag --epochs; gpu-sweep verify --help lists all flags"),
    ("resume a b", "gpu-sweep resume takes no further argument \"b\"; gpu-sweep resume --help lists everything"),
    ("study", "gpu-sweep study needs to know which study; type gpu-sweep study init"),
    ("study int", "gpu-sweep study has no command \"int\"; did you mean init?"),
    ("merge a", "gpu-sweep merge needs --out <DIR>; gpu-sweep merge --help describes it"),
    ("replay d --model x", "--model must be a whole number from 0 to 2^64 - 1, not \"x\""),
    ("lr-find --lr 0.1", "gpu-sweep lr-find has no flag --lr; gpu-sweep lr-find --help lists all flags"),
    (
        "map --x lr",
        "--x must be AXIS=VALUES, such as lr=geomspace:0.001:1:100, with one of lr, lr-first, momentum, \
         weight-decay, init-scale, beta1, beta2, alpha, epsilon, clip, offset-a, offset-b, label-smoothing, \
         not \"lr\"",
    ),
    (
        "map --x widht=1,2",
        "--x must be AXIS=VALUES, such as lr=geomspace:0.001:1:100, with one of lr, lr-first, momentum, \
         weight-decay, init-scale, beta1, beta2, alpha, epsilon, clip, offset-a, offset-b, label-smoothing, \
         not \"widht=1,2\"",
    ),
    ("map --x lr=1,2", "--x, --y are both lr; give two different axes"),
    ("map --zoom 1,2", "--zoom must be 3 finite numbers with commas between them, not \"1,2\""),
    (
        "--epochs 5 lr-find",
        "--epochs can't stand before the command lr-find; type gpu-sweep lr-find first, and its flags after it",
    ),
    ("help lr-fnd", "gpu-sweep has no command \"lr-fnd\"; did you mean lr-find?"),
];

//! Other tools' names for our settings, files, folders, and incompatible settings.

/// Files in the test folder.
pub const FILES: [(&str, &str); 17] = [
    ("d.csv", "a,label\n1,0\n2,1\n"),
    ("t.csv", "lr,seed\n0.1,1\n0.2,2\n"),
    ("typo.csv", "lr,sed\n0.1,1\n"),
    ("typo.toml", "lr = 0.1\nepoch = 5\n"),
    ("bad.toml", "optimizer = \"sdg\"\n"),
    ("c.toml", "epochs = 5\n"),
    ("no_bias.toml", "no_bias = true\n"),
    ("learning_rate.toml", "lr = 0.1\nlearning_rate = 0.2\n"),
    ("learning_rate.csv", "learning_rate,seed\n0.1,1\n"),
    ("l.csv", "a,b,label\n1,2,n\n3,4,y\n"),
    ("big.toml", "models = 99999999999999999999\n"),
    ("date.toml", "epochs = 1979-05-27\n"),
    ("inf.toml", "clip = inf\n"),
    ("share.toml", "epochs = 5\ntest_fraction = 1\n"),
    ("label.toml", "label = 3\n"),
    ("device.toml", "device = \"cpu\"\n"),
    ("words.csv", "a,flag,label\n1,True,0\n2,3,1\n"),
];

pub const MESSAGES: &[(&str, &str)] = &[
    ("--select acc", "--select must be accuracy, balanced, auc or loss, not \"acc\"; did you mean accuracy?"),
    ("--test-size 0.25", "gpu-sweep has no flag --test-size; did you mean --test-fraction?"),
    ("--learning_rate 0.1", "gpu-sweep has no flag --learning_rate; did you mean --lr?"),
    ("--learning-rate 0.1", "gpu-sweep has no flag --learning-rate; did you mean --lr?"),
    (
        "--activation mish",
        "--activation must be relu, leaky-relu, tanh, sigmoid, gelu, elu, silu or identity, or several with commas, \
         not \"mish\"",
    ),
    (
        "--init he",
        "--init must be torch, xavier-uniform, xavier-normal, kaiming-uniform, kaiming-normal, normal, uniform, \
         orthogonal or zeros, or several with commas, not \"he\"; did you mean kaiming-uniform?",
    ),
    (
        "--init xavier",
        "--init must be torch, xavier-uniform, xavier-normal, kaiming-uniform, kaiming-normal, normal, uniform, \
         orthogonal or zeros, or several with commas, not \"xavier\"; did you mean xavier-uniform?",
    ),
    (
        "--dataset qwerty",
        "--dataset must be qwerties, blobs, moons, circles, xor, spirals, random, gaussians, parity, modular-addition, \
         friedman1, digits, iris, wine, breast-cancer or diabetes, or several with commas, not \"qwerty\"; did you mean qwerties?",
    ),
    (
        "--dataset make_moons",
        "--dataset must be qwerties, blobs, moons, circles, xor, spirals, random, gaussians, parity, modular-addition, \
         friedman1, digits, iris, wine, breast-cancer or diabetes, or several with commas, not \"make_moons\"; did you mean moons?",
    ),
    (
        "--schedule cos",
        "--schedule must be constant, step, exponential, cosine or warmup-cosine, or several with commas, not \
         \"cos\"; did you mean cosine?",
    ),
    ("study-init", "gpu-sweep has no command \"study-init\"; did you mean study init?"),
    ("--config no_bias.toml", "no_bias.toml, line 1, column 1: there is no setting \"no_bias\"; type bias = false"),
    (
        "--config learning_rate.toml",
        "learning_rate.toml, line 2, column 1: there is no setting \"learning_rate\"; did you mean lr?",
    ),
    (
        "--trials learning_rate.csv",
        "learning_rate.csv, line 1, column 1: unknown column \"learning_rate\"; the columns must be seed, lr and, \
         as wanted, lr_first, momentum, weight_decay, init_scale, beta1, beta2, alpha, epsilon, clip, offset_a, \
         offset_b, label_smoothing; did you mean lr?",
    ),
    (
        "--data d.csv --positive yes",
        "d.csv, line 1, column 2: --positive \"yes\" is no class of label \"label\"; it must be \"0\" or \"1\"",
    ),
    (
        "--data l.csv --label labl",
        "l.csv, line 1: no label column \"labl\"; --label must be one of \"a\", \"b\", \"label\", or its number, \
         1 to 3, or -1 for the last; did you mean label?",
    ),
    (
        "--data l.csv --positive Y",
        "l.csv, line 1, column 3: --positive \"Y\" is no class of label \"label\"; it must be \"n\" or \"y\"; did you \
         mean y?",
    ),
    (
        "--config big.toml",
        "big.toml, line 1, column 10: models must be a whole number from 1 to 1099511627776, not \
         \"99999999999999999999\"",
    ),
    (
        "--config date.toml",
        "date.toml, line 1, column 10: epochs must be a number, a text in quotes or a list of these, not a date \
         or a table",
    ),
    (
        "--config inf.toml",
        "inf.toml, line 1, column 8: clip must be a number from 0, a list a,b,c, or a range \
         linspace:START:STOP:COUNT, geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or \
         START..STOP (20 values by equal factors), not \"inf\"",
    ),
    (
        "--config share.toml",
        "share.toml, line 2, column 17: test_fraction must be a share from 0 (no such rows) to 0.9, not \"1\"",
    ),
    ("--config label.toml", "label.toml, line 1, column 1: label has no effect without a file; add --data FILE.csv"),
    (
        "--config device.toml",
        "device.toml, line 1, column 1: there is no setting \"device\"; it is no setting of a study: give it as \
         a flag, --device",
    ),
    ("--config folder", "folder: must be a file of settings, such as the sweep.toml of a results folder, not a folder"),
    (
        "--config bytes.toml",
        "bytes.toml: must be a file of settings, such as the sweep.toml of a results folder, not invalid \
         UTF-8",
    ),
    ("--data .", ".: must be a table of text with a header line and rows of data, not a folder"),
    (
        "--data words.csv",
        "words.csv, line 2, column 2: \"flag\" must be a finite number, at most 1e30 in magnitude, not \"True\" \
         (of 2 rows, \"flag\" has text in 1); to go on: --drop \"flag\", or --categorical one-hot to take all its \
         values as words",
    ),
    ("--device cpu --checked", "--checked only applies to --device gpu; this run uses the cpu engine"),
    ("--record both", "--record has test curves, which need rows for testing; add --test-fraction 0.25"),
    (
        "--models 1e12",
        "the 1000000000000 models would fill 46641792 files; up to 10000000 are possible; ask for fewer models, \
         or add --chunk-models 100000",
    ),
    ("map --pixels 10k", "the map would have 100000000 pixels; up to 67108864 are possible, such as 8192 × 8192"),
    (
        "--device cpu --shard 0/2 --shards 3",
        "--shards 3 does not agree with --shard 0/2; leave --shards out, or give both alike",
    ),
    ("report nothere", "nothere: no such folder; train first: gpu-sweep --models 1000"),
    ("report d.csv", "d.csv: is a file, and no results folder; train first: gpu-sweep --models 1000"),
    ("report folder", "folder: is no results folder: it has no sweep.toml; train first: gpu-sweep --models 1000"),
    ("resume nothere", "nothere: no such folder; train first: gpu-sweep --models 1000"),
    ("replay nothere --model 1", "nothere: no such folder; train first: gpu-sweep --models 1000"),
    ("seeds-needed nothere", "nothere: no such folder; train first: gpu-sweep --models 1000"),
    ("merge nothere --out m", "nothere: no such folder; train first: gpu-sweep --models 1000"),
];

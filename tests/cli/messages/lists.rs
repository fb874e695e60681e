//! Numbers, lists, and arguments that belong to no flag.

pub const MESSAGES: &[(&str, &str)] = &[
    ("--models abc", "--models must be a whole number from 1 to 1099511627776, not \"abc\""),
    ("--points abc", "--points must be a whole number from 2 to 100000, not \"abc\""),
    (
        "--features abc",
        "--features has no effect without a table; add --data FILE, or give a number of features to a --dataset that takes one",
    ),
    ("--data-seeds abc", "--data-seeds must be a whole number from 1 to 10000, not \"abc\""),
    ("--seeds abc", "--seeds must be a whole number from 1 to 1099511627776, not \"abc\""),
    ("--epochs 1e12", "--epochs must be a whole number from 0 to 100000000, not \"1e12\""),
    (
        "--test-fraction 0,25",
        "--test-fraction must be a share from 0 (no such rows) to 0.9, not \"0,25\"; a fraction is typed with a \
         point: 0.25",
    ),
    (
        "--test-fraction 25%",
        "--test-fraction must be a share from 0 (no such rows) to 0.9, not \"25%\"; a share is typed without a \
         percent sign: 0.25",
    ),
    (
        "--success-threshold 0,7",
        "--success-threshold must be a share of the rows from 0 to 1, not \"0,7\"; a fraction is typed with a \
         point: 0.7",
    ),
    (
        "--success-threshold 70%",
        "--success-threshold must be a share of the rows from 0 to 1, not \"70%\"; a share is typed without a \
         percent sign: 0.7",
    ),
    (
        "--lr 0.1,,0.2",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"0.1,,0.2\"; it has an empty item; take out the comma too many",
    ),
    (
        "--lr 5,",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"5,\"; it has an empty item; take out the comma too many",
    ),
    (
        "--lr [0.1,0.2]",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"[0.1,0.2]\"; no brackets are needed: 0.1,0.2",
    ),
    (
        "--lr linspace:0,001:0,1:40",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"linspace:0,001:0,1:40\"; a fraction is typed with a point: linspace:0.001:0.1:40",
    ),
    (
        "--lr linspace:0.1:0.2:3:4",
        "--lr must be a number from 0, a list a,b,c, or a range linspace:START:STOP:COUNT, \
         geomspace:START:STOP:COUNT, logspace:EXP0:EXP1:COUNT (powers of 10) or START..STOP (20 values by equal \
         factors), not \"linspace:0.1:0.2:3:4\"; it has more than START, STOP and COUNT",
    ),
    (
        "--hidden 5,",
        "--hidden must be none or up to 4 widths of 1 to 64, such as 16,16, or several networks with slashes, \
         such as 4/16,16, not \"5,\"; it has an empty item; take out the comma too many",
    ),
    (
        "--hidden [16,16]",
        "--hidden must be none or up to 4 widths of 1 to 64, such as 16,16, or several networks with slashes, \
         such as 4/16,16, not \"[16,16]\"; no brackets are needed: 16,16",
    ),
    (
        "--optimizer sgd,,adam",
        "--optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or several with commas, not \
         \"sgd,,adam\"; it has an empty item; take out the comma too many",
    ),
    (
        "--optimizer [sgd,adam]",
        "--optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or several with commas, not \
         \"[sgd,adam]\"; no brackets are needed: sgd,adam",
    ),
    (
        "--dataset moons,",
        "--dataset must be qwerties, blobs, moons, circles, xor, spirals, random, gaussians, parity, modular-addition, \
         friedman1, digits, iris, wine, breast-cancer or diabetes, or several with commas, not \"moons,\"; it has an empty item; take out the comma too many",
    ),
    (
        "--batch-size 8;16",
        "--batch-size must be full or a whole number from 1, or several with commas, not \"8;16\"; commas go \
         between values, not semicolons",
    ),
    (
        "--record accuracy,,test",
        "--record must be accuracy, test or both, not \"accuracy,,test\"; it has an empty item; take out the \
         comma too many",
    ),
    ("--lr 0.1 0.2", "0.2 belongs to no flag; lists take commas: --lr 0.1,0.2"),
    ("--hidden 16 16", "16 belongs to no flag; lists take commas: --hidden 16,16"),
    ("--out a b", "b belongs to no flag; a value with blanks goes between quotes: --out 'a b'"),
    ("--json true", "true belongs to no flag; --json takes no value"),
    ("--device cpu repot", "repot belongs to no flag; did you mean report?"),
    ("--epochs 5 d.csv", "d.csv belongs to no flag; did you mean --data d.csv?"),
    (
        "lr-find --dataset moons circles",
        "gpu-sweep lr-find takes no further argument \"circles\"; lists take commas: --dataset moons,circles",
    ),
];

//! Suggestions for misspelt or unknown names.

/// Names here, each with the names that other programs and users have for the same thing, written without dashes.
/// Flags, keys of `sweep.toml`, columns and choices share the table: an entry counts only if its first name is among
/// the candidates.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("lr", &["learningrate", "learningrates", "eta", "stepsizes", "lrs"]),
    ("lr-first", &["firstlr", "lrfirstlayer"]),
    ("epochs", &["iterations", "iters", "maxiter", "nepochs", "numepochs", "steps"]),
    ("hidden", &["layers", "hiddenlayers", "hiddensizes", "hiddenlayersizes", "units", "width", "widths", "neurons"]),
    ("batch-size", &["batch", "bs", "minibatch", "minibatchsize"]),
    ("batch-order", &["order"]),
    ("weight-decay", &["wd", "l2", "decay"]),
    ("optimizer", &["optim", "optimiser", "solver"]),
    ("activation", &["nonlinearity", "act", "activationfunction"]),
    ("init", &["initializer", "initialization", "initialisation", "kernelinitializer", "weightinit"]),
    ("schedule", &["scheduler", "lrschedule", "lrscheduler"]),
    ("warmup", &["warmupepochs", "warmupsteps"]),
    ("gamma", &["lrdecay", "decayrate"]),
    ("seeds", &["nseeds", "numseeds", "repeats", "repetitions"]),
    ("models", &["nmodels", "nummodels", "networks", "runs"]),
    ("seed", &["randomstate", "randomseed", "rngseed"]),
    ("test-fraction", &["testsize", "testsplit", "testratio", "testshare", "holdout"]),
    ("validation-fraction", &["valsize", "valfraction", "validationsplit", "validationsize", "valsplit"]),
    ("standardize", &["normalize", "normalise", "scalefeatures"]),
    ("data", &["file", "csv", "input", "inputs", "train", "traindata"]),
    ("folds", &["cv", "kfold", "kfolds", "nsplits", "crossvalidation"]),
    ("label", &["targetcolumn", "labelcolumn", "ycolumn", "classcolumn"]),
    ("positive", &["poslabel", "positiveclass"]),
    ("points", &["samples", "nsamples", "rows", "npoints"]),
    ("blur", &["clusterstd", "spread"]),
    ("classes", &["nclasses", "numclasses", "centers"]),
    ("label-noise", &["flipy", "noisylabels", "labelcorruption", "randomlabels"]),
    ("features", &["nfeatures", "bits", "dim", "dimension", "dimensions"]),
    ("loss", &["criterion", "lossfunction", "objective"]),
    ("clip", &["gradclip", "clipnorm", "maxnorm", "gradientclip", "clipgradnorm", "maxgradnorm"]),
    ("epsilon", &["eps"]),
    ("success-threshold", &["threshold", "cutoff"]),
    ("record", &["curve", "history"]),
    ("out", &["output", "outdir", "outputdir", "results", "folder", "dir"]),
    ("device", &["backend", "engine"]),
    ("threads", &["jobs", "njobs", "cores", "workers", "numworkers"]),
    ("config", &["settings", "conf"]),
    ("force", &["overwrite"]),
    ("explain", &["dryrun", "plan"]),
    ("qwerties", &["qwerty", "querty", "querties"]),
    ("circles", &["rings", "donut", "twocircles"]),
    ("moons", &["twomoons", "halfmoons"]),
    ("blobs", &["clusters"]),
    ("gaussians", &["gauss", "gaussianmixture"]),
    ("modular-addition", &["grokking", "modadd", "modulararithmetic"]),
    ("breast-cancer", &["cancer", "wdbc"]),
    ("digits", &["mnist", "optdigits"]),
    ("friedman1", &["makefriedman1"]),
    ("accuracy", &["acc"]),
    ("auc", &["roc", "rocauc", "area"]),
    ("bce", &["logistic", "logloss", "binarycrossentropy", "crossentropyloss"]),
    ("mse", &["squared", "squarederror", "quadratic"]),
    ("sgd", &["gd", "gradientdescent"]),
    ("nesterov", &["nag"]),
    ("warmup-cosine", &["cosinewarmup", "warmup"]),
    ("xavier-uniform", &["xavier", "glorot"]),
    ("kaiming-uniform", &["kaiming", "he"]),
    ("study init", &["studyinit", "initstudy"]),
    ("seeds-needed", &["power", "samplesize"]),
    ("bench", &["benchmark"]),
];

/// Names of other things elsewhere, which are no misspelling of a similar name here.
const NOT_TYPOS: [&str; 6] = ["elu", "selu", "celu", "prelu", "mish", "lion"];

/// Normalizes a name: removes case, `-`, `_` and blanks.
fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace(['-', '_', ' '], "")
}

/// Whether two names differ at most in case, `-`, `_` and blanks.
pub fn is_same(a: &str, b: &str) -> bool {
    plain(a) == plain(b)
}

/// Returns the name among `names` that `typed` most likely means. Tries, in this order: the same name up to case and
/// dashes, a synonym, a prefix, a misspelling, and a name with something before or after it.
pub fn closest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    // A listed name is no misspelling. A long text resembles no name, and comparing it takes quadratic time.
    if names.contains(&typed) || typed.chars().count() > 60 {
        return None;
    }
    if let Some(same) = names.iter().find(|name| is_same(name, typed)) {
        return Some(same);
    }
    // Any two single letters are one edit apart.
    names.retain(|name| name.chars().count() > 1);
    let typed = plain(typed);
    let find = |is: &dyn Fn(&str) -> bool| names.iter().copied().find(|name| is(&plain(name)));
    let synonym = || {
        let means =
            |name: &&&str| SYNONYMS.iter().any(|(own, others)| own == *name && others.contains(&typed.as_str()));
        names.iter().find(means).copied()
    };
    let begun = || find(&|name| typed.len() > 1 && name.starts_with(&typed));
    let distance = |name: &&str| strsim::damerau_levenshtein(&typed, &plain(name));
    let near = |name: &&str| distance(name) <= (name.chars().count() / 3).max(1);
    let mistyped = || match NOT_TYPOS.contains(&typed.as_str()) {
        true => None,
        false => names.iter().copied().filter(near).min_by_key(distance),
    };
    // For example `make_moons`, `study-init`.
    let is_list = typed.contains(',');
    let within = || find(&|name| !is_list && name.len() > 3 && (typed.starts_with(name) || typed.ends_with(name)));
    synonym().or_else(begun).or_else(mistyped).or_else(within)
}

/// Returns `; did you mean adam?`, or an empty text if no name is close.
pub fn did_you_mean<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    closest(typed, names).map_or(String::new(), |name| format!("; did you mean {name}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_error_has_its_nearest_name_and_nonsense_has_none() {
        let names = ["sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop"];
        let cases =
            [("sdg", Some("sgd")), ("Adm", Some("adam")), ("adamW", Some("adamw")), ("RMSprp", Some("rmsprop"))];
        for (typed, expected) in cases.into_iter().chain([("lion", None), ("", None), ("momentm", Some("momentum"))]) {
            assert_eq!(closest(typed, names), expected, "{typed}");
        }
        assert_eq!(closest("weight_decy", ["weight-decay", "momentum"]), Some("weight-decay"));
        assert_eq!(closest(&"a".repeat(100_000), names), None);
    }

    #[test]
    fn other_words_and_beginnings_go_before_similar_letters() {
        for (typed, names, expected) in [
            ("acc", &["accuracy", "balanced", "auc", "loss"][..], Some("accuracy")),
            ("test-size", &["step-size", "test-fraction"], Some("test-fraction")),
            ("learning_rate", &["lr-first", "lr"], Some("lr")),
            ("LearningRate", &["lr_first", "lr"], Some("lr")),
            ("elu", &["relu", "gelu", "silu"], None),
            ("cos", &["constant", "cosine", "warmup-cosine"], Some("cosine")),
            ("make_moons", &["moons", "circles"], Some("moons")),
            ("qwerty", &["qwerties", "blobs"], Some("qwerties")),
            ("he", &["kaiming-uniform", "he-uniform"], Some("kaiming-uniform")),
            ("Y", &["n", "y"], Some("y")),
            ("study-init", &["study init", "study"], Some("study init")),
        ] {
            assert_eq!(closest(typed, names.iter().copied()), expected, "{typed}");
        }
        assert!(is_same("rms-prop", "RMSprop") && is_same("GlorotUniform", "glorot_uniform") && !is_same("a", "b"));
    }
}

//! The table of settings, the only list of them. From its rows come [`Sweep`](super::Sweep) with its defaults,
//! `sweep.toml`, the flags and their help, the builder's methods, the hyper-parameters and the cells of a sweep.
//! [`super::setting`] says what a row holds.

/// Calls the macro `$with` with all rows. The order of the `choice` rows is the order of the cells, the last one
/// fastest; the order of the `axis` rows is the order of the trials, the first one fastest.
macro_rules! settings_table {
    ($with:ident) => {
        $with! {
            /// Table to learn from, or - for standard input [default: --dataset]
            ///
            /// Text with a header line (or --no-header) and any delimiter, also in UTF-16 or packed by gzip or
            /// Zstandard; Parquet; Arrow and Feather (plain or LZ4); arrays X and y of an .npz file, or one .npy array.
            some data(PathBuf), Data { value: "FILE" };
            /// Built-in data: {names}
            ///
            /// qwerties: two Gaussian clusters around (1, 1) and (5, 1), the course's. blobs, moons, circles,
            /// friedman1: as scikit-learn makes them. xor, spirals: as TensorFlow Playground does. random: normal
            /// features and normal targets, with --loss mse. gaussians: blobs with --classes classes and --features
            /// features. parity: the product of some of many signs. modular-addition: all sums modulo --modulus.
            /// digits, iris, wine, breast-cancer, diabetes: tables. Targets of random, friedman1 and diabetes are
            /// numbers. A list with commas trains on each.
            one dataset(Choices<BuiltIn>) = Choices::one(BuiltIn::Qwerties), Data { value: "NAMES", instead_of: &["data"] };
            /// Points that are drawn of built-in data, all classes together
            one points(u32) = 200, Data { value: "N", range: whole(2, 100_000), excludes: &["data"], needs: needs::data_that_reads_it };
            /// Noise of {datasets}
            ///
            /// moons, circles and friedman1: the standard deviation of Gaussian noise; xor and spirals: Playground's
            /// noise, 0 to 0.5 there.
            one noise(f64) = 0.0, Data { value: "X", range: NumberRange::STANDARD_DEVIATION, needs: needs::data_that_reads_it };
            /// Column of the classes: its name, or its number from 1 or, from the end, -1 [default: the last]
            some label(String), Data { value: "COLUMN", hyphen: true, needs: needs::data_file };
            /// Columns to predict, in place of --label: names or numbers with commas; several are numbers
            some target(ColumnNames), Data { value: "COLUMNS", hyphen: true, excludes: &["label"], needs: needs::data_file };
            /// What is learnt of --data: {names} [default: by the label column]
            ///
            /// By default two values are two classes, and 3 to 128 words or whole numbers are as many classes. classes
            /// gives two a logit each, as --loss softmax does. regression learns numbers, with --loss mse.
            some task(Task), Data { value: "NAME", needs: needs::data_file };
            /// Value that is class 1 [default: the greater number or later word]
            some positive(String), Data { value: "VALUE", hyphen: true, needs: needs::table_of_classes };
            /// The first line of --data is a row of data: columns are called x1, x2, ...
            one no_header(bool) = false, Data { form: Form::Switch, needs: needs::data_file };
            /// Delimiter of the columns of --data: {names}, or the character [default: as in the first lines]
            some delimiter(Delimiter), Data { value: "NAME", hyphen: true, needs: needs::data_file };
            /// Columns of --data that are no features: names with commas, * for any text
            some drop(ColumnNames), Data { value: "COLUMNS", needs: needs::data_file };
            /// Columns of words: {names} [default: one-hot, but no numbers mixed with words]
            ///
            /// one-hot: a feature of 0 and 1 for each of up to 32 words; of two words, for the later one.
            some categorical(Categorical), Data { value: "WHAT", needs: needs::data_file };
            /// Missing values: {names}
            ///
            /// drop leaves out their rows; mean and median are those of the training rows, of words the most frequent
            /// one.
            one missing(Missing) = Missing::Refuse, Data { value: "WHAT", needs: needs::data_file };
            /// Learn from a random sample of the rows of --data, class by class, drawn by --data-seed
            some max_rows(u32), Data { value: "N", range: whole(2, MAX_VALUES as u64), needs: needs::data_file };
            /// Column of --data with the set of each row: train, validation or test
            some split_column(String), Data { value: "COLUMN", excludes: &["validation_fraction", "test_fraction"], needs: needs::data_file };
            /// Scale features to mean 0 and standard deviation 1 [default for --data and built-in tables]
            ///
            /// By the mean and the population standard deviation of the training rows.
            some standardize(bool), Data { form: Form::Pair };
            /// Learn numbers as they are, not scaled to mean 0 and standard deviation 1
            ///
            /// By default the mean and the population standard deviation of the training rows scale them.
            one standardize_target(bool) = true, Data { form: Form::Without, needs: needs::number_targets };
            /// Share of each class kept for choosing between models
            ///
            /// 0 to 0.9. Scores on these rows say which learning rate is best; without them the training rows do.
            one validation_fraction(f64) = 0.0, Data { value: "SHARE", range: NumberRange::HELD_OUT_FRACTION };
            /// Share of each class kept for testing, 0 to 0.9
            one test_fraction(f64) = 0.0, Data { value: "SHARE", range: NumberRange::HELD_OUT_FRACTION };
            /// Seed of built-in data, of the split and of the order of mini-batches
            one data_seed(u64) = 0, Data { value: "SEED", range: NumberRange::ANY_SEED };
            /// Number of data sets, drawn with --data-seed and the seeds after it [default: 1]
            ///
            /// Every seed and learning rate is trained on each. Of --data they are splits, by --test-fraction.
            some data_seeds(u32), Data { value: "N", range: whole(1, Sweep::MOST_CELLS as u64), needs: needs::drawn_data };
            /// Cross-validation: each of K equal parts of the rows is once the test set
            ///
            /// Class by class, by a permutation that --data-seed draws. A fold is a data set among --data-seeds, with
            /// the same points but its own --validation-fraction of the other rows.
            some folds(u32), Data { value: "K", range: whole(2, 100), excludes: &["test_fraction", "split_column", "data_seeds"] };
            /// Standard deviation of the clusters of {datasets}
            one blur(f64) = 1.0, Data { value: "SD", range: NumberRange::STANDARD_DEVIATION, needs: needs::data_that_reads_it };
            /// Columns of --data to learn from, as --drop names them; or the number of features of {datasets}
            ///
            /// Of friedman1 the first 5 have an effect, of parity the first --relevant-features.
            one features(Features) = Features::Count(16), Data { value: "COLUMNS", hyphen: true, range: whole(1, MAX_FEATURES as u64), needs: needs::features };
            /// Classes of {datasets}
            one classes(u32) = 3, Data { value: "N", range: whole(2, MAX_CLASSES as u64), needs: needs::data_that_reads_it };
            /// Features whose product is the label of {datasets}
            one relevant_features(u32) = 3, Data { value: "N", range: whole(1, MAX_FEATURES as u64), needs: needs::data_that_reads_it };
            /// Modulus of {datasets}
            ///
            /// The data are all pairs of numbers below it, two one-hot vectors; the class is their sum modulo it.
            one modulus(u32) = 97, Data { value: "P", range: whole(2, MAX_CLASSES as u64), needs: needs::data_that_reads_it };
            /// Share of the training rows whose labels are drawn anew, over all classes alike
            ///
            /// By --data-seed; a row may get its own label again. Validation and test rows keep theirs, and so does
            /// --print-data. The rows of a smaller share are among those of a larger one.
            choice label_noise(LabelNoise: LabelNoise) = LabelNoise::NONE, Data { value: "SHARES", needs: needs::class_labels };

            /// Widths of the hidden layers: 16 or 16,16 or none
            ///
            /// Up to 4 layers of 1 to 64 units each; `none` is logistic regression. Several networks with slashes:
            /// `4/16,16/none`.
            choice hidden(Hidden: Widths) = Widths(vec![1]), Network { value: "WIDTHS", hyphen: true };
            /// Activation of the hidden layers: {names}
            choice activation(Activation: Activation) = Activation::Relu, Network { value: "NAMES" };
            /// Layers without biases
            one bias(bool) = true, Network { form: Form::Without };
            /// Loss: {names}
            ///
            /// bce is the logistic loss, mse the squared error. More than two classes are learnt with softmax, which
            /// gives two a logit each if it is named, numbers with mse. mae and huber are for numbers as targets.
            one loss(Loss) = Loss::Bce, Network { value: "NAME" };
            /// Weights of the classes in the loss: {names}
            ///
            /// balanced lets all classes weigh the same, whatever their numbers of training rows.
            one class_weight(ClassWeight) = ClassWeight::None, Network { value: "NAME", needs: needs::class_labels };
            /// Initial weights: {names}
            ///
            /// torch is PyTorch's default for nn.Linear; the others are those of torch.nn.init.
            choice init(Init: Scheme) = Scheme::Torch, Network { value: "NAMES", excludes: &["init_from"] };
            /// Initial biases: {names}
            one init_bias(InitBias) = InitBias::Torch, Network { value: "NAME", excludes: &["init_from"] };
            /// standard, or mean-field: weights times 1/√inputs, in the last layer 1/inputs
            ///
            /// Raw weights are trained, their products work and are what is kept. For sgd, momentum and nesterov,
            /// without biases.
            one scaling(WeightScaling) = WeightScaling::Standard, Network { value: "NAME" };

            /// Optimizer: {names}
            choice optimizer(Optimizer: Optimizer) = Optimizer::Sgd, Optimizer { value: "NAMES" };
            /// Passes over the training rows
            one epochs(u32) = 1000, Training { value: "N", range: whole(0, 100_000_000) };
            /// What the learning rate does from epoch to epoch, by PyTorch's definitions: {names}
            choice schedule(Schedule: ScheduleKind) = ScheduleKind::Constant, Training { value: "NAMES" };
            /// Rows of an update, or full
            choice batch_size(BatchSize: BatchSize) = BatchSize(None), Training { value: "SIZES", hyphen: true };
            /// Order of the rows in mini-batches: {names}
            ///
            /// A fresh one each epoch, the same for all models, or each model's own by its seed.
            one shuffle(Shuffle) = Shuffle::Shared, Training { value: "WHICH", excludes: &["batch_order"], needs: needs::mini_batches };
            /// The order from a file instead: an array order [epochs, rows]
            some batch_order(PathBuf), Training { value: "FILE.npz", needs: needs::mini_batches };
            /// Epochs between two steps of step [default: a third of all]
            some step_size(u32), Training { value: "N", range: whole(1, u32::MAX as u64), needs: needs::steps };
            /// Factor of each step of step [default: 0.1] and exponential [ends at 0.01]
            some gamma(f64), Training { value: "X", range: NumberRange::FINITE_FROM_0, needs: needs::decaying_schedule };
            /// Epochs of the rise in warmup-cosine [default: a tenth of all]
            some warmup(u32), Training { value: "N", range: whole(0, u32::MAX as u64), needs: needs::warmup };

            /// Learning rates
            ///
            /// A number, a list such as 0.01,0.1, or a range: `linspace:START:STOP:COUNT` is evenly spaced, both ends
            /// included; `geomspace:1e-4:1:20` goes by equal factors, and `1e-4..1` is short for it; `logspace:-4:0:20`
            /// is the same by powers of 10. So do all VALUES below.
            lr lr(Lr), Training { words: "learning rate", gives_way_to: &["trials"], moderate: (0.1, 1.0) };
            /// Learning rates of the first layer alone [default: as --lr]
            axis lr_first(LrFirst), Training { words: "first layer's learning rate", gives_way_to: &["trials"], moderate: (0.0, 0.02) };
            /// Momentum of {optimizers} [default: 0.9]
            axis momentum(Momentum), Optimizer { words: "momentum", gives_way_to: &["trials"], needs: needs::optimizer_that_reads_it };
            /// Weight decay, of biases too [default: {defaults}]
            axis weight_decay(WeightDecay), Optimizer { words: "weight decay", gives_way_to: &["trials"], moderate: (0.0, 1.0) };
            /// Multiplies the initial weights; of normal the standard deviation [default: 1]
            axis init_scale(InitScale), Network { words: "initial scale", gives_way_to: &["trials"], needs: needs::drawn_weights, moderate: (0.5, 1.0) };
            /// Decay of {optimizers'} mean of gradients [default: 0.9]
            axis beta1(Beta1), Optimizer { words: "beta1", gives_way_to: &["trials"], range: NumberRange::BELOW_1, needs: needs::optimizer_that_reads_it };
            /// Second decay of {optimizers}; adam's is that of its mean of squares [default: {defaults}]
            axis beta2(Beta2), Optimizer { words: "beta2", gives_way_to: &["trials"], range: NumberRange::BELOW_1, needs: needs::optimizer_that_reads_it, moderate: (0.99, -0.2) };
            /// Decay of {optimizers'} mean of squares [default: 0.99]
            axis alpha(Alpha), Optimizer { words: "alpha", gives_way_to: &["trials"], range: NumberRange::FROM_0_TO_1, needs: needs::optimizer_that_reads_it, moderate: (0.99, -0.2) };
            /// What {optimizers} add to the root [default: 1e-8]
            axis epsilon(Epsilon), Optimizer { words: "epsilon", gives_way_to: &["trials"], needs: needs::optimizer_that_reads_it, moderate: (1e-8, 1e-4) };
            /// Largest norm of a model's gradient; longer ones are cut [default: any]
            axis clip(Clip), Optimizer { words: "gradient's largest norm", gives_way_to: &["trials"], moderate: (0.05, 0.3) };
            /// Moves initial weights along a random direction, 1 as far as they are from 0 [default: 0]
            axis offset_a(OffsetA), Network { words: "direction-a offset", gives_way_to: &["trials"], range: NumberRange::FINITE, needs: needs::drawn_weights, moderate: (-0.5, 1.0) };
            /// The same along a second direction [default: 0]
            axis offset_b(OffsetB), Network { words: "direction-b offset", gives_way_to: &["trials"], range: NumberRange::FINITE, needs: needs::drawn_weights, moderate: (-0.5, 1.0) };
            /// Share of every label that goes to both classes alike [default: 0]
            ///
            /// PyTorch's CrossEntropyLoss(label_smoothing) with two classes: 0 and 1 are learnt as s/2 and 1 - s/2, by
            /// bce and mse. All losses, of validation and test rows too, are those of such targets, so compare values
            /// by accuracy.
            axis label_smoothing(LabelSmoothing), Training { words: "label smoothing", gives_way_to: &["trials"], range: NumberRange::BELOW_1, needs: needs::smoothed_labels };

            /// Number of models [default: 1000]
            ///
            /// Every combination of the values given with the first seed, then with the next one, and so on; the last
            /// seed may be cut off. The learning rate changes fastest, then {axes}. Several data sets, networks, ...
            /// are trained one after the other and share the models.
            some models(u64), Models { value: "N", range: whole(1, Sweep::MAX_MODELS), gives_way_to: &["trials"] };
            /// Number of seeds, each with every combination, not --models
            some seeds(u64), Models { value: "N", range: whole(1, Sweep::MAX_MODELS), instead_of: &["models"], gives_way_to: &["trials"], needs: needs::grid };
            /// The first seed; the others count up from it
            one seed(u64) = 0, Models { value: "SEED", range: NumberRange::ANY_SEED, excludes: &["trials"] };
            /// A seed of its own for every model
            ///
            /// Otherwise every learning rate starts from the same initial weights, seed by seed.
            one independent_seeds(bool) = false, Models { form: Form::YesNo, gives_way_to: &["trials"], needs: needs::grid };
            /// CSV table with a row per model, columns lr and seed
            ///
            /// And any of {columns}. What has no column may be given as a flag with one value for all rows, such as
            /// --momentum 0.9. Several data sets, networks, ... are each trained on all its rows, or the first --models
            /// of them.
            some trials(PathBuf), Models { value: "FILE.csv" };
            /// Initial weights, as --save-weights writes them
            ///
            /// Arrays init_w1 [models, out, in], init_b1 [models, out], init_w2, ..., in the order of the models;
            /// several optimizers, ... each begin with the first. Without it, weights are drawn from each model's seed
            /// as --init says.
            some init_from(PathBuf), Models { value: "FILE.npz" };
            /// Success: more than this share of training rows right [default: 40 % of the way from the most common
            /// class to 1]
            ///
            /// The default is 0.7 for classes of the same size, 0.985 where 97.5 % of the rows are of one class, and an
            /// R² of 0.5 for numbers as targets.
            some success_threshold(f64), Training { value: "SHARE", range: NumberRange::SHARE_OF_ROWS };
            /// The best value has the best {names}
            ///
            /// Chosen on validation rows where there are any, else on training rows; never on test rows.
            one select(Select) = Select::Accuracy, Training { value: "WHAT" };
            /// Epochs between two points of a curve [default: for up to 200 points]
            some record_every(u32), Output { value: "K", range: whole(1, u32::MAX as u64) };
            /// Curves beside the training loss: accuracy, test or both [default: none]
            one record(Vec<ExtraCurve>) = Vec::new(), Output { value: "WHICH" };
            /// Metrics beside loss and accuracies: auc [default: none]
            ///
            /// auc: the area under the ROC curve, exact, ties counted half; columns auc, val_auc, test_auc.
            one metrics(Vec<Metric>) = Vec::new(), Output { value: "NAMES" };
            /// Models whose curves are kept: auto, all, none or N
            ///
            /// `auto` keeps all while they fit in about 100 MB, else those of the first seeds.
            one curves(CurvesKept) = CurvesKept::Auto, Output { value: "WHICH", hyphen: true };
            /// Also write all initial and final weights to weights.npz
            one save_weights(bool) = false, Output { form: Form::YesNo };
            /// Models per file in chunks/ [default: by the work in one]
            some chunk_models(u64), Output { value: "N", range: whole(1, Sweep::MOST_CHUNK_MODELS), in_digest: false };
            /// The two axes of a map, a model a pixel
            some map(MapAxes), Map { form: Form::TableOnly };
        }
    };
}
pub(crate) use settings_table;

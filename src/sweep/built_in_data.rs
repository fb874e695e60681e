//! Built-in data sets as the settings describe them.

use super::Sweep;
use crate::dataset::{BuiltIn, BuiltInSettings};
use crate::error::{Error, Result};

impl Sweep {
    /// Returns the settings of the built-in data sets drawn with `seed`.
    pub(super) fn built_in_settings(&self, seed: u64) -> BuiltInSettings {
        let Self { points, noise, blur, classes, relevant_features, modulus, .. } = *self;
        let [points, classes, relevant_features, modulus] =
            [points, classes, relevant_features, modulus].map(|number| number as usize);
        let features = self.features.count();
        BuiltInSettings { points, noise, blur, features, classes, relevant_features, modulus, seed }
    }

    /// Returns the first built-in data set whose targets are numbers.
    pub(super) fn regression_data(&self) -> Option<BuiltIn> {
        let built_in = if self.data.is_none() { self.dataset.all() } else { &[] };
        built_in.iter().copied().find(|source| source.is_regression())
    }

    /// Checks that numbers of points, features and classes fit together.
    pub(super) fn validate_built_in(&self) -> Result<()> {
        let making = self.built_in_settings(self.data_seed);
        let built_in = if self.data.is_none() { self.dataset.all() } else { &[] };
        for source in built_in.iter().copied() {
            let least = source.least_features(&making);
            if source.reads("features") && making.features < least {
                let of = if source.reads("relevant_features") { ", which --relevant-features needs" } else { "" };
                let allowed = format!("{least} or more with --dataset {source}{of}");
                return Err(Error::setting("--features", making.features, allowed));
            }
            if source.reads("classes") && making.points < making.classes {
                let allowed = format!("{} or more, a point for each of the --classes", making.classes);
                return Err(Error::setting("--points", making.points, allowed));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Loss;
    use crate::sweep::{CellColumn, Choice, Choices, Features, Inputs, LabelNoise, Setting};
    use strum::VariantArray;

    fn load(dataset: &str, edit: impl FnOnce(&mut Sweep)) -> Result<Inputs> {
        let dataset = Choices::parse("--dataset", dataset)?;
        let mut sweep = Sweep { dataset, models: Some(4), epochs: 1, ..Sweep::default() };
        edit(&mut sweep);
        Inputs::load(&sweep)
    }

    fn noise(text: &str) -> Choices<LabelNoise> {
        Choices::parse("--label-noise", text).unwrap()
    }

    #[test]
    fn tables_alone_are_standardised() {
        let scaled = |edit: fn(&mut Sweep)| -> Vec<bool> {
            let jobs = load("breast-cancer,moons", edit).unwrap().jobs;
            jobs.iter().map(|job| job.data.scaling.is_some()).collect()
        };
        assert_eq!(scaled(|_| ()), [true, false]);
        assert_eq!(scaled(|s| s.standardize = Some(false)), [false, false]);
    }

    #[test]
    fn numbers_are_learnt_with_the_squared_error_and_standardised() {
        let made = |edit: fn(&mut Sweep)| -> Vec<(Loss, bool)> {
            let jobs = load("diabetes,friedman1", edit).unwrap().jobs;
            jobs.iter().map(|job| (job.train_spec.loss, job.data.target_scaling.is_some())).collect()
        };
        assert_eq!(made(|_| ()), [(Loss::Mse, true); 2]);
        let moons = load("moons", |_| ()).unwrap().jobs.remove(0);
        assert_eq!((moons.train_spec.loss, moons.data.target_scaling.is_some()), (Loss::Bce, false));
        assert_eq!(made(|s| s.standardize_target = false)[0], (Loss::Mse, false));
        let jobs = load("friedman1", |s| (s.loss, s.test_fraction) = (Loss::Huber, 0.25)).unwrap().jobs;
        let targets = jobs[0].data.train.target_column(0);
        let mean = targets.iter().sum::<f64>() / targets.len() as f64;
        let variance = targets.iter().map(|y| y * y).sum::<f64>() / targets.len() as f64;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12, "{mean} {variance}");
        let random = load("random", |s| s.loss = Loss::Mse).unwrap().jobs.remove(0);
        assert_eq!((random.data.target_scaling.as_ref(), random.train_spec.loss), (None, Loss::Mse));
        let refused = load("random", |_| ()).unwrap_err().to_string();
        assert!(refused.starts_with("--dataset random has no classes but numbers above 1/2"), "{refused}");
        let digest = |edit: fn(&mut Sweep)| load("diabetes", edit).unwrap().digest;
        assert_ne!(digest(|_| ()), digest(|s| s.standardize_target = false));
    }

    #[test]
    fn built_in_data_and_sweeps_have_the_same_settings_and_defaults() {
        assert_eq!(Sweep::default().built_in_settings(0), BuiltInSettings::default());
        for name in BuiltIn::VARIANTS.iter().flat_map(|source| source.settings()) {
            assert!(Setting::named(name).is_some_and(|setting| setting.name == *name), "{name}");
        }
    }

    #[test]
    fn the_settings_reach_the_data() {
        let shape = |dataset, edit: fn(&mut Sweep)| {
            let data = load(dataset, edit).unwrap().jobs.remove(0).data;
            (data.train.len(), data.train.features, data.class_names.len())
        };
        assert_eq!(shape("gaussians", |s| (s.points, s.features, s.classes) = (50, Features::Count(7), 4)), (50, 7, 4));
        assert_eq!(shape("modular-addition", |s| s.modulus = 11), (121, 22, 11));
        let relevant = |relevant_features| {
            let data = load("parity", |s| s.relevant_features = relevant_features).unwrap().jobs.remove(0).data;
            data.train.labels()
        };
        assert_ne!(relevant(2), relevant(3));
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let message = |dataset, edit: fn(&mut Sweep)| load(dataset, edit).unwrap_err().to_string();
        let few = message("gaussians", |s| (s.points, s.classes) = (9, 10));
        assert!(few.starts_with("--points must be 10 or more"), "{few}");
        let few = message("parity", |s| (s.features, s.relevant_features) = (Features::Count(3), 4));
        assert!(few.starts_with("--features must be 4 or more with --dataset parity"), "{few}");
        let few = message("friedman1", |s| (s.features, s.loss) = (Features::Count(4), crate::math::Loss::Mse));
        assert!(few.starts_with("--features must be 5 or more with --dataset friedman1"), "{few}");
    }

    #[test]
    fn all_folds_have_the_same_points() {
        let folds =
            |source: &str| load(source, |s| (s.folds, s.data_seed, s.models) = (Some(3), 9, Some(6))).unwrap().jobs;
        let jobs = [folds("gaussians"), folds("friedman1")].concat();
        assert_eq!(jobs.len(), 6);
        for folds in jobs.chunks(3) {
            let rows = |points: &crate::dataset::Points| -> Vec<Vec<u64>> {
                (0..points.len()).map(|n| points.row(n).iter().map(|x| x.to_bits()).collect()).collect()
            };
            let mut all = folds.iter().map(|job| {
                let mut all: Vec<_> = job.data.sets().flat_map(rows).collect();
                all.sort();
                all
            });
            let (first, mut tests) = (all.next().unwrap(), Vec::new());
            assert!(all.all(|other| other == first));
            folds.iter().for_each(|job| tests.extend(rows(job.data.test.as_ref().unwrap())));
            tests.sort();
            assert_eq!(tests, first);
        }
        let alone = load("gaussians", |s| s.data_seed = 9).unwrap().jobs.remove(0);
        assert_eq!(alone.data.train.len(), jobs[0].data.train.len() + jobs[0].data.test.as_ref().unwrap().len());
    }

    #[test]
    fn each_share_of_label_noise_is_a_cell() {
        let edit = |shares: &'static str| move |s: &mut Sweep| (s.label_noise, s.test_fraction) = (noise(shares), 0.25);
        let (clean, both) = (load("moons", edit("0")).unwrap(), load("moons", edit("0,0.5")).unwrap());
        let [first, second] = &both.jobs[..] else { panic!("{} cells", both.jobs.len()) };
        assert_eq!(first.data, clean.jobs[0].data);
        assert_eq!((&first.data.test, &first.data.train.x), (&second.data.test, &second.data.train.x));
        let changed =
            first.data.train.labels().iter().zip(second.data.train.labels()).filter(|(a, b)| **a != *b).count();
        // A quarter of 150 rows, within four standard errors.
        assert!((16..60).contains(&changed), "{changed}");
        assert_ne!(clean.digest, both.digest);
        let sweep = Sweep { label_noise: noise("0,0.5"), ..Sweep::default() };
        let texts: Vec<String> = sweep.cells().iter().map(|cell| cell.text(CellColumn::LabelNoise)).collect();
        assert_eq!(texts, ["0", "0.5"]);
    }

    #[test]
    fn label_noise_is_a_share_and_needs_labels() {
        assert_eq!(
            ["0", "-0", "1", "1e-1"].map(|text| LabelNoise::read(text).map(LabelNoise::share)),
            [Some(0.0), Some(0.0), Some(1.0), Some(0.1)]
        );
        assert_eq!(LabelNoise::read("-0").unwrap().text(), "0");
        assert!(["1.1", "-0.1", "nan", "", "x"].iter().all(|text| LabelNoise::read(text).is_none()));
        let refused = |dataset| {
            let edit = |s: &mut Sweep| (s.loss, s.label_noise) = (crate::math::Loss::Mse, noise("0.1"));
            load(dataset, edit).unwrap_err().to_string()
        };
        assert!(refused("friedman1").starts_with("--label-noise has no effect with --dataset friedman1"));
        assert!(refused("moons,friedman1").starts_with("--label-noise has no effect on \"friedman1\""));
    }
}

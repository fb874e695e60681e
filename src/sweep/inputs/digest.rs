//! The content hash of a question.

use super::super::{Initial, Sweep, Trials};
use crate::dataset::{Dataset, Points, hex};
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};

/// Changes with what is hashed, so that digests of other versions never agree by chance.
const VERSION: &str = "gpu-sweep question 1";

/// Hashes numbers and texts so that no two sequences of them make the same bytes: every list starts with its length.
struct Hasher(Sha256);

impl Hasher {
    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text);
    }

    /// Floats by their bits.
    fn floats(&mut self, floats: &[f64]) {
        self.number(floats.len() as u64);
        floats.iter().for_each(|float| self.0.update(float.to_le_bytes()));
    }

    fn points(&mut self, points: &Points) {
        self.number(points.features as u64);
        self.floats(&points.x);
        points.y.iter().for_each(|label| self.0.update([u8::from(*label)]));
    }

    fn trials(&mut self, trials: &Trials) {
        match trials {
            Trials::Grid { lrs, first_seed, independent_seeds, count } => {
                self.text("grid");
                self.floats(lrs);
                [*first_seed, u64::from(*independent_seeds), *count].into_iter().for_each(|number| self.number(number));
            }
            Trials::List(list) => {
                self.text("list");
                self.floats(&list.iter().map(|(lr, _)| *lr).collect::<Vec<_>>());
                list.iter().for_each(|(_, seed)| self.number(*seed));
            }
        }
    }
}

/// SHA-256, hexadecimal, over the settings, in which hashes of contents stand for paths, and over what was read.
pub(super) fn digest(question: &Sweep, data: &Dataset, trials: &Trials, initial: &Initial) -> Result<String> {
    let settings = toml::to_string(question);
    let settings = settings.map_err(|e| Error::setting("sweep.toml", e.to_string(), "settings that TOML can hold"))?;
    let mut hasher = Hasher(Sha256::new());
    hasher.text(VERSION);
    hasher.text(&settings);
    hasher.points(&data.train);
    hasher.number(u64::from(data.test.is_some()));
    data.test.iter().for_each(|test| hasher.points(test));
    hasher.trials(trials);
    match initial {
        Initial::Torch => hasher.text("torch"),
        Initial::Given(weights) => {
            hasher.text("given");
            hasher.floats(weights);
        }
    }
    Ok(hex(hasher.0))
}

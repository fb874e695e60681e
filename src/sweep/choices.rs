//! Settings that may be a list: `sgd,adam`. Each combination of them is a cell of the sweep.

use crate::error::{Error, Result, shown};
use crate::model::Shape;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most things in a list.
const MOST: usize = 1000;

/// One thing that may stand in such a list.
pub trait Choice: Clone + PartialEq {
    /// Between two of them.
    const SEPARATOR: char = ',';
    /// Reads one; `None` for anything else.
    fn read(text: &str) -> Option<Self>;
    /// As [`Choice::read`] takes it.
    fn text(&self) -> String;
    /// What may be read, in words.
    fn allowed() -> String;
}

impl<T: clap::ValueEnum + PartialEq> Choice for T {
    fn read(text: &str) -> Option<Self> {
        T::from_str(text, false).ok()
    }

    fn text(&self) -> String {
        self.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    }

    fn allowed() -> String {
        let names: Vec<String> = T::value_variants().iter().map(Choice::text).collect();
        format!("{}, or a list with commas", names.join(", "))
    }
}

/// Widths of the hidden layers of one network; none: logistic regression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Widths(pub Vec<usize>);

impl Choice for Widths {
    const SEPARATOR: char = '/';

    fn read(text: &str) -> Option<Self> {
        let widths = match text {
            "none" => Vec::new(),
            _ => text.split(',').map(|width| width.trim().parse().ok()).collect::<Option<_>>()?,
        };
        Shape::new(1, &widths).is_ok().then_some(Self(widths))
    }

    fn text(&self) -> String {
        let widths: Vec<String> = self.0.iter().map(usize::to_string).collect();
        if widths.is_empty() { "none".into() } else { widths.join(",") }
    }

    fn allowed() -> String {
        "none, or up to 4 widths of 1 to 64, as in 16,16; several networks with slashes: 4/16,16".into()
    }
}

/// Rows of a mini-batch; none: all rows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchSize(pub Option<u32>);

impl Choice for BatchSize {
    fn read(text: &str) -> Option<Self> {
        match text {
            "full" => Some(Self(None)),
            _ => text.parse().ok().filter(|size| *size > 0).map(|size| Self(Some(size))),
        }
    }

    fn text(&self) -> String {
        self.0.map_or("full".into(), |size| size.to_string())
    }

    fn allowed() -> String {
        "full, or a whole number from 1, or a list with commas".into()
    }
}

/// One or more choices, none of them twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices<T>(Vec<T>);

impl<T: Choice> Choices<T> {
    /// Just one.
    pub fn one(choice: T) -> Self {
        Self(vec![choice])
    }

    /// Reads a list; `name` is the flag, for messages.
    ///
    /// # Errors
    /// [`Error::Setting`] for anything that is no such list.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let refuse = || Error::setting(name, shown(text), T::allowed());
        if text.split(T::SEPARATOR).nth(MOST).is_some() {
            return Err(Error::setting(name, shown(text), format!("a list of up to {MOST}")));
        }
        let all: Option<Vec<T>> = text.split(T::SEPARATOR).map(|one| T::read(one.trim())).collect();
        let all = all.ok_or_else(refuse)?;
        match all.iter().enumerate().find(|(n, choice)| all[..*n].contains(choice)) {
            Some((_, twice)) => Err(Error::setting(name, shown(text), format!("{} only once", twice.text()))),
            None => Ok(Self(all)),
        }
    }

    /// All of them, in the order given; at least one.
    pub fn all(&self) -> &[T] {
        &self.0
    }

    /// Whether there is more than one.
    pub fn vary(&self) -> bool {
        self.0.len() > 1
    }
}

impl<T: Choice> std::fmt::Display for Choices<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Choice::text).collect();
        f.write_str(&texts.join(&T::SEPARATOR.to_string()))
    }
}

impl<T: Choice> Serialize for Choices<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T: Choice> Deserialize<'de> for Choices<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse("a choice", &text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Optimizer;

    #[test]
    fn lists_are_read_and_written_alike() {
        let optimizers = Choices::<Optimizer>::parse("--optimizer", "sgd, adam").unwrap();
        assert_eq!(
            (optimizers.all(), optimizers.to_string().as_str()),
            (&[Optimizer::Sgd, Optimizer::Adam][..], "sgd,adam")
        );
        let hidden = Choices::<Widths>::parse("--hidden", "none/16,16/4").unwrap();
        assert_eq!((hidden.all()[1].0.as_slice(), hidden.to_string().as_str()), (&[16, 16][..], "none/16,16/4"));
        assert_eq!(Choices::<BatchSize>::parse("--batch-size", "full,32").unwrap().to_string(), "full,32");
    }

    #[test]
    fn what_is_no_choice_is_refused_with_what_is() {
        let message = |text| Choices::<Optimizer>::parse("--optimizer", text).unwrap_err().to_string();
        assert!(message("sdg").contains("sgd, momentum, nesterov, adam, adamw, rmsprop"), "{}", message("sdg"));
        assert!(message("adam,adam").contains("adam only once"));
        assert!(Choices::<Widths>::parse("--hidden", "4/65").is_err());
        assert!(Choices::<BatchSize>::parse("--batch-size", "0").is_err());
        assert!(message("").contains("allowed"));
    }
}

//! Settings that may be a list, such as `sgd,adam`. Each combination is a cell of the sweep.

use super::{typing_hints, whole};
use crate::error::{Error, Result, is_same, one_of, quoted};
use crate::model::NetworkShape;
use strum::{EnumMessage, VariantArray};

/// Maximum length of a list
const MOST: usize = 1000;

/// One element of such a list.
pub trait Choice: Clone + PartialEq {
    /// Separator of list elements
    const SEPARATOR: char = ',';
    /// Parses one element; `None` if it is not valid.
    fn read(text: &str) -> Option<Self>;
    /// Returns the text that [`Choice::read`] parses.
    fn text(&self) -> String;
    /// Describes the valid texts of one element.
    fn allowed() -> String;
    /// Describes how to write a list; follows [`Choice::allowed`] in messages.
    fn list_hint() -> &'static str {
        "or several with commas"
    }
    /// Returns every valid name; empty for types without names.
    fn names() -> Vec<String> {
        Vec::new()
    }
}

/// Names match in any case, with or without `-` and `_`; a variant's other names are those in other libraries.
impl<T: Copy + PartialEq + EnumMessage + Into<&'static str> + VariantArray> Choice for T {
    fn read(text: &str) -> Option<Self> {
        let named = |one: &&T| one.get_serializations().iter().any(|name| is_same(name, text));
        T::VARIANTS.iter().find(named).copied()
    }

    fn text(&self) -> String {
        Into::<&'static str>::into(*self).to_owned()
    }

    fn allowed() -> String {
        let names: Vec<String> = T::VARIANTS.iter().map(Choice::text).collect();
        one_of(&names)
    }

    fn names() -> Vec<String> {
        // A choice's own name comes first: of names that are equally close to a typed one, it is suggested.
        let of = |one: &T| {
            let own = one.text();
            let others = one.get_serializations().iter().map(|name| (*name).to_owned());
            [own.clone()].into_iter().chain(others.filter(move |name| *name != own))
        };
        T::VARIANTS.iter().flat_map(of).collect()
    }
}

/// Parses a single choice; `name` is the flag, for messages.
///
/// # Errors
/// [`Error::Setting`] with what is allowed, and the closest valid name.
pub fn parse_choice<T: Choice>(name: &str, text: &str) -> Result<T> {
    T::read(text.trim()).ok_or_else(|| refused::<T>(name, text, T::allowed()))
}

/// Returns the error for a `text` that is not a valid choice.
fn refused<T: Choice>(name: &str, text: &str, allowed: String) -> Error {
    let names = T::names();
    Error::setting(name, quoted(text), allowed).or_closest(text, names.iter().map(String::as_str))
}

/// Hidden-layer widths of one network; empty for logistic regression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Widths(pub Vec<usize>);

impl Choice for Widths {
    const SEPARATOR: char = '/';

    fn read(text: &str) -> Option<Self> {
        let widths = match text {
            text if text.eq_ignore_ascii_case("none") => Vec::new(),
            _ => text.split(',').map(|width| whole(width)?.try_into().ok()).collect::<Option<_>>()?,
        };
        NetworkShape::new(1, &widths).is_ok().then_some(Self(widths))
    }

    fn text(&self) -> String {
        let widths: Vec<String> = self.0.iter().map(usize::to_string).collect();
        if widths.is_empty() { "none".into() } else { widths.join(",") }
    }

    fn allowed() -> String {
        "none or up to 4 widths of 1 to 64, such as 16,16".into()
    }

    fn list_hint() -> &'static str {
        "or several networks with slashes, such as 4/16,16"
    }
}

/// Rows per mini-batch; `None` for full-batch updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchSize(pub Option<u32>);

impl Choice for BatchSize {
    fn read(text: &str) -> Option<Self> {
        match text {
            text if text.eq_ignore_ascii_case("full") => Some(Self(None)),
            _ => whole(text)?.try_into().ok().filter(|size| *size > 0).map(|size| Self(Some(size))),
        }
    }

    fn text(&self) -> String {
        self.0.map_or("full".into(), |size| size.to_string())
    }

    fn allowed() -> String {
        "full or a whole number from 1".into()
    }
}

/// One or more distinct choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices<T>(Vec<T>);

impl<T: Choice> Choices<T> {
    /// Makes a list with a single choice.
    pub fn one(choice: T) -> Self {
        Self(vec![choice])
    }

    /// Parses a list; `name` is the flag, for messages.
    ///
    /// # Errors
    /// [`Error::Setting`] for an invalid element or too many; [`Error::Usage`] for equal ones.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        if text.split(T::SEPARATOR).nth(MOST).is_some() {
            return Err(Error::setting(name, quoted(text), format!("a list of up to {MOST}")));
        }
        let refuse = |one: &str| {
            let error = refused::<T>(name, one, format!("{}, {}", T::allowed(), T::list_hint()));
            let clause = typing_hints::of_list(text, T::SEPARATOR);
            // Show only the invalid element, or the whole list with a hint if the list itself is malformed.
            if clause.is_empty() { error } else { error.with_shown_value(quoted(text)).with_hint(&clause) }
        };
        let read = |one: &str| T::read(one.trim()).ok_or_else(|| refuse(one));
        let all: Vec<T> = text.split(T::SEPARATOR).map(read).collect::<Result<_>>()?;
        match all.iter().enumerate().find(|(n, choice)| all[..*n].contains(choice)) {
            Some((_, twice)) => {
                let what = format!("has {} more than once; name each choice only once", twice.text());
                Err(Error::usage(name, what))
            }
            None => Ok(Self(all)),
        }
    }

    /// Returns all choices in the order given; at least one.
    pub fn all(&self) -> &[T] {
        &self.0
    }
}

impl<T: Choice> std::fmt::Display for Choices<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Choice::text).collect();
        f.write_str(&texts.join(&T::SEPARATOR.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::init::Scheme;
    use crate::math::{Activation, Loss, Optimizer};

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
        let expected =
            "--optimizer must be sgd, momentum, nesterov, adam, adamw, lion or rmsprop, or several with commas, not ";
        assert_eq!(message("sgd,sdg"), format!("{expected}\"sdg\"; did you mean sgd?"));
        assert_eq!(message(""), format!("{expected}\"\""));
        let twice = "--optimizer has adam more than once; name each choice only once";
        assert_eq!((message("adam,adam"), message("Adam,sgd,ADAM")), (twice.into(), twice.into()));
        assert!(Choices::<Widths>::parse("--hidden", "4/65").is_err());
        assert!(Choices::<BatchSize>::parse("--batch-size", "0").is_err());
    }

    #[test]
    fn names_are_read_in_any_case_and_as_other_libraries_call_them() {
        let optimizers = Choices::<Optimizer>::parse("", "Adam,SGD,RMSprop,AdamW").unwrap();
        assert_eq!(optimizers.to_string(), "adam,sgd,rmsprop,adamw");
        let activations = Choices::<Activation>::parse("", "ReLU,leaky_relu,Swish,linear,GELU,Tanh,LeakyReLU");
        let twice = "has leaky-relu more than once";
        assert!(activations.unwrap_err().to_string().contains(twice));
        let schemes = "glorot-uniform,glorot_normal,He-Uniform,he_normal,Xavier_Uniform,zeros";
        let same = "xavier-uniform,xavier-normal,kaiming-uniform,kaiming-normal";
        assert!(Choices::<Scheme>::parse("", schemes).is_err());
        assert_eq!(
            Choices::<Scheme>::parse("", &schemes.replace(",Xavier_Uniform,zeros", "")).unwrap().to_string(),
            same
        );
        assert_eq!((parse_choice::<Loss>("", "Cross_Entropy"), parse_choice::<Loss>("", "MSE")).0.unwrap(), Loss::Bce);
        assert_eq!(parse_choice::<Activation>("", "none").unwrap(), Activation::Identity);
        assert_eq!(Choices::<BatchSize>::parse("", "Full,1k").unwrap().to_string(), "full,1000");
    }
}

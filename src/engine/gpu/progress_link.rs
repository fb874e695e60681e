//! Link from a batch in training to the sink of its results.

/// A running training's link to the sink.
pub trait ProgressLink {
    /// Reports `model_epochs` more updates (models × epochs).
    fn progress(&self, model_epochs: u64);

    /// Whether no more results are wanted.
    fn stopped(&self) -> bool;
}

//! Source of a movie's frames.

use crate::error::Result;
use crate::plot::Scene;

/// Frames of a movie, drawn on demand and in any order.
pub trait MovieFrames: Sync {
    /// Returns the epochs of the frames, ascending.
    fn epochs(&self) -> &[u32];

    /// Draws frame `n`, from 0.
    ///
    /// # Errors
    /// As for [`crate::plot::Picture::scene`].
    fn scene(&self, n: usize) -> Result<Scene>;

    /// Returns which models it shows, and where their values come from, in words.
    fn source(&self) -> &str;

    /// Returns the ids of the models in the movie.
    fn models(&self) -> Vec<u64>;
}

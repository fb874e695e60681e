//! What all pictures have.

use super::picture_kind::PictureKind;
use super::scene::Scene;
use crate::error::Result;

/// A picture that can be drawn.
pub trait Picture: Sync {
    /// Which of the program's pictures it is: its name, heading and alternative text.
    fn kind(&self) -> PictureKind;

    /// Describes the picture.
    ///
    /// # Errors
    /// [`crate::Error::Picture`] for inconsistent input.
    fn scene(&self) -> Result<Scene>;

    /// Returns the sentence below it in the report, only about this run's numbers; empty for pictures of no report.
    fn caption(&self) -> String {
        String::new()
    }

    /// File name without extension: `accuracy`.
    fn name(&self) -> &'static str {
        self.kind().name()
    }
}

impl<P: Picture + ?Sized> Picture for &P {
    fn kind(&self) -> PictureKind {
        (**self).kind()
    }

    fn scene(&self) -> Result<Scene> {
        (**self).scene()
    }

    fn caption(&self) -> String {
        (**self).caption()
    }
}

//! All pictures of a study, from the rows of [`picture_table`](super::picture_table).

use super::picture::Picture;
use super::picture_kind::PictureKind;
use super::study_picture::{Availability, StudyData, StudyPicture};

/// Defines the choice of a study's picture by its kind.
macro_rules! define_study_pictures {
    (
        study { $($kind:ident($module:ident::$picture:ident): $name:literal, $heading:literal, $words:literal;)* }
        command { $($other:ident: $other_name:literal, $other_heading:literal, $other_words:literal;)* }
    ) => {
        /// Whether the study has a picture of this kind.
        fn availability(kind: PictureKind, study: &StudyData) -> Availability {
            match kind {
                $(PictureKind::$kind => <super::$module::$picture as StudyPicture>::availability(study),)*
                $(PictureKind::$other)|* => Availability::Pointless,
            }
        }

        /// Returns the study's picture of this kind.
        fn picture<'a>(kind: PictureKind, study: &'a StudyData<'a>) -> Option<Box<dyn Picture + 'a>> {
            match kind {
                $(PictureKind::$kind => <super::$module::$picture as StudyPicture>::of(study),)*
                $(PictureKind::$other)|* => None,
            }
        }
    };
}

super::picture_table::picture_table!(define_study_pictures);

impl<'a> StudyData<'a> {
    /// Returns the kinds of the pictures that the study has, and why it lacks others, a line each.
    pub fn kinds(&self) -> (Vec<PictureKind>, Vec<String>) {
        let (mut kinds, mut left_out) = (Vec::new(), Vec::new());
        for kind in PictureKind::OF_STUDY {
            match availability(*kind, self) {
                Availability::Drawn => kinds.push(*kind),
                Availability::Pointless => {}
                Availability::LeftOut(reason) => left_out.push(reason),
            }
        }
        (kinds, left_out)
    }

    /// Returns the picture of a kind; None if the study has none.
    pub fn picture(&'a self, kind: PictureKind) -> Option<Box<dyn Picture + 'a>> {
        if availability(kind, self) == Availability::Drawn { picture(kind, self) } else { None }
    }

    /// Returns the study's pictures, in the order of its report.
    pub fn pictures(&'a self) -> Vec<Box<dyn Picture + 'a>> {
        self.kinds().0.into_iter().filter_map(|kind| picture(kind, self)).collect()
    }
}

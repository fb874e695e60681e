//! [`PictureKind`], generated from the rows of [`picture_table`](super::picture_table).

/// Defines the enum from the table's rows.
macro_rules! define_kinds {
    (
        study { $($kind:ident($module:ident::$picture:ident): $name:literal, $heading:literal, $words:literal;)* }
        command { $($other:ident: $other_name:literal, $other_heading:literal, $other_words:literal;)* }
    ) => {
        /// The program's pictures.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PictureKind {
            $(#[doc = concat!($words, ".")] $kind,)*
            $(#[doc = concat!($other_words, ".")] $other,)*
        }

        impl PictureKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)* $(Self::$other,)*];
            /// The pictures of a study, in the order of its report.
            pub const OF_STUDY: &[Self] = &[$(Self::$kind),*];

            /// Returns the name, the heading and the alternative text.
            fn words(self) -> [&'static str; 3] {
                match self {
                    $(Self::$kind => [$name, $heading, $words],)*
                    $(Self::$other => [$other_name, $other_heading, $other_words],)*
                }
            }
        }
    };
}

super::picture_table::picture_table!(define_kinds);

impl PictureKind {
    /// Returns the file name without extension: `loss-histogram`.
    pub fn name(self) -> &'static str {
        self.words()[0]
    }

    /// Returns the heading above it: `All final losses`.
    pub fn heading(self) -> &'static str {
        self.words()[1]
    }

    /// Says what kind of picture it is, for readers who can't see it: `Histogram of the final losses of all models, on
    /// a logarithmic axis`.
    pub fn alternative_text(self) -> &'static str {
        self.words()[2]
    }
}

#[cfg(test)]
mod tests {
    use super::PictureKind;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_pictures_share_a_file_or_a_heading() {
        let distinct = |of: fn(PictureKind) -> &'static str| -> BTreeSet<&str> {
            PictureKind::ALL.iter().map(|kind| of(*kind)).collect()
        };
        for all in [PictureKind::name, PictureKind::heading, PictureKind::alternative_text].map(distinct) {
            assert_eq!(all.len(), PictureKind::ALL.len(), "{all:?}");
        }
    }
}

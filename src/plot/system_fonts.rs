//! System fonts, for scripts that no bundled font has: searched in the usual folders when the first such character is
//! drawn. Scripts whose letters join, stack or run from right to left need a shaping engine; there is no font for
//! these.

use ab_glyph::{Font, FontArc, FontVec};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

/// Maximum depth of subfolders, and maximum number of files considered.
const DEPTH: usize = 6;
const MOST_FILES: usize = 5000;
/// Maximum number of files opened, and maximum size of a file.
const MOST_OPENED: usize = 100;
const MOST_BYTES: u64 = 64 << 20;
/// Parts of names of fonts with many characters, in the order in which they are tried; others come last.
const FIRST: [&str; 14] = [
    "notosanscjk",
    "notosans-",
    "sourcehansans",
    "droidsansfallback",
    "wqy",
    "pingfang",
    "hiragino",
    "applesdgothic",
    "arialunicode",
    "arial unicode",
    "msyh",
    "yugoth",
    "malgun",
    "dejavusans",
];

/// The fonts of a machine, opened one by one until one has the character.
struct SystemFonts {
    files: std::vec::IntoIter<PathBuf>,
    opened: Vec<&'static FontArc>,
}

static FONTS: LazyLock<Mutex<SystemFonts>> = LazyLock::new(|| Mutex::new(SystemFonts::of(&folders())));

/// A font of this machine that has a character, if the character can be drawn without shaping.
pub fn system_font(c: char) -> Option<&'static FontArc> {
    if !stands_alone(c) {
        return None;
    }
    FONTS.lock().ok()?.with(c)
}

impl SystemFonts {
    fn of(folders: &[PathBuf]) -> Self {
        let mut files = Vec::new();
        folders.iter().for_each(|folder| collect(folder, DEPTH, &mut files));
        files.sort_by_key(|path| (rank(path), path.clone()));
        files.truncate(MOST_OPENED);
        Self { files: files.into_iter(), opened: Vec::new() }
    }

    fn with(&mut self, c: char) -> Option<&'static FontArc> {
        let has = |font: &&'static FontArc| font.glyph_id(c).0 != 0;
        if let Some(font) = self.opened.iter().copied().find(has) {
            return Some(font);
        }
        for path in self.files.by_ref() {
            // Skips unreadable files and files that are no fonts; without a font, the character is drawn as a box.
            let Some(font) = open(&path) else { continue };
            // Kept until the process ends, like the bundled fonts; at most `MOST_OPENED`.
            let font: &'static FontArc = Box::leak(Box::new(font));
            self.opened.push(font);
            if has(&font) {
                return Some(font);
            }
        }
        None
    }
}

fn open(path: &Path) -> Option<FontArc> {
    let size = std::fs::metadata(path).ok()?;
    if !size.is_file() || size.len() > MOST_BYTES {
        return None;
    }
    Some(FontArc::new(FontVec::try_from_vec(std::fs::read(path).ok()?).ok()?))
}

/// Adds the font files of a folder and its subfolders.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, kind) = (entry.path(), entry.file_type());
        if files.len() >= MOST_FILES {
            return;
        }
        match kind {
            // Does not follow links to folders, which may form cycles.
            Ok(kind) if kind.is_dir() && depth > 0 => collect(&path, depth - 1, files),
            Ok(kind) if !kind.is_dir() && is_font(&path) => files.push(path),
            _ => {}
        }
    }
}

fn is_font(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("ttf" | "otf" | "ttc" | "otc"))
}

/// Sort key for the order of trying; upright regular fonts come before others.
fn rank(path: &Path) -> (usize, bool) {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let known = FIRST.iter().position(|part| name.contains(part)).unwrap_or(FIRST.len());
    (known, ["bold", "italic", "oblique", "thin", "light", "black", "mono"].iter().any(|part| name.contains(part)))
}

/// Font folders of Linux, macOS and Windows.
fn folders() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let of_home = [".fonts", ".local/share/fonts", "Library/Fonts"];
    let windows = std::env::var_os("WINDIR").map(|windows| PathBuf::from(windows).join("Fonts"));
    let usual = ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"];
    let of_home = home.iter().flat_map(|home| of_home.iter().map(move |folder| home.join(folder)));
    usual.iter().map(PathBuf::from).chain(windows.clone()).chain(of_home).collect()
}

/// Whether a script's characters can be set one by one from left to right. Those of scripts from Hebrew to Tibetan and
/// Myanmar, of Khmer and Mongolian, and Arabic presentation forms can't.
fn stands_alone(c: char) -> bool {
    !matches!(c,
        '\u{590}'..='\u{109f}' | '\u{1700}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{11fff}'
        | '\u{1e800}'..='\u{1eeff}' | '\u{1f1e6}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_found_below_a_folder_and_rubbish_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("truetype/inter");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(folder.path().join("notosanscjk.ttf"), b"no font").unwrap();
        std::fs::write(folder.path().join("readme.txt"), b"").unwrap();
        std::fs::write(deep.join("More.otf"), include_bytes!("fonts/InterMore-Regular.otf")).unwrap();
        let mut fonts = SystemFonts::of(&[folder.path().into(), folder.path().join("none")]);
        assert_eq!(fonts.files.len(), 2);
        assert!(fonts.with('р').is_some() && fonts.with('半').is_none() && fonts.with('щ').is_some());
        assert_eq!(fonts.opened.len(), 1);
    }

    #[test]
    fn scripts_that_need_shaping_have_no_font() {
        assert!("שעकไខ".chars().all(|c| !stands_alone(c) && system_font(c).is_none()));
        assert!("半かカ한Հქ".chars().all(stands_alone));
    }
}

use super::*;

#[test]
fn a_large_input_is_not_copied() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = place.path().join("table.csv");
    for (bytes, kept) in [(MOST_KEPT, true), (MOST_KEPT + 1, false)] {
        // A sparse file, which takes no room on the disk.
        File::create(&file).unwrap().set_len(bytes).unwrap();
        assert_eq!(keep(folder.path(), "data", &file).unwrap().is_some(), kept, "{bytes} bytes");
    }
}

#[test]
fn progress_files_are_ours_and_others_of_such_names_are_not() {
    for name in ["progress.json", "progress-0-of-4.json", "progress-12-of-100.json"] {
        assert!(is_our_name(Path::new(name)), "{name}");
    }
    for name in ["progress-notes.json", "progress-0-of-.json", "progress.txt", "progress-1.json"] {
        assert!(!is_our_name(Path::new(name)), "{name}");
    }
}

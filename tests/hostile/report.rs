//! Names and labels in a results folder appear as text in its report, and only its own pictures are shown.

use crate::support::{Place, SMALL};
use crate::well_formed::pictures;
use std::fs;

/// Each attack, if it became markup, would set `window.struck`, which `tests/report.py` checks.
pub const COLUMN: &str = "\"><img src=x onerror=window.struck=1>";
const LABEL: &str = "</code><script>window.struck=1</script>";
const CLASSES: [&str; 2] = ["\" onmouseover=\"window.struck=1", "]]>--></style><script>window.struck=1</script>"];

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Writes a table in which every name is an attack, under a malicious file name.
fn attack(place: &Place) -> String {
    let name = "<svg onload=window.struck=1>&amp;'.csv".to_owned();
    let rows = (0..20).map(|i| format!("{i},{},{}\n", (i * 7) % 5, quoted(CLASSES[i % 2])));
    let table = format!("{},b,{}\n{}", quoted(COLUMN), quoted(LABEL), rows.collect::<String>());
    place.write(&name, table);
    name
}

/// Asserts that the page has only our elements and shows the attacks as text.
#[track_caller]
fn harmless(page: &str, said: &[&str]) {
    pictures(page);
    for attack in ["<img src=x", "<script>window", "<svg onload", "\" onmouseover", "<b>", "<i>"] {
        assert!(!page.contains(attack), "{attack}");
    }
    said.iter().for_each(|text| assert!(page.contains(text), "no {text}"));
}

#[test]
fn markup_in_names_and_labels_is_shown_as_it_is() {
    let place = Place::new();
    let name = attack(&place);
    let words = ["--device", "cpu", "--data", &name, "--label", LABEL, "--positive", CLASSES[0], "--epochs", "3"];
    place.run_args(&[&words[..], &["--models", "40", "--quiet", "--out", "<b>out"]].concat()).ok();
    let page = place.read("<b>out/report.html");
    harmless(&page, &["&lt;/code&gt;&lt;script&gt;window.struck=1", "&lt;svg onload=window.struck=1&gt;&amp;amp;"]);
    assert!(
        page.contains("onmouseover=\\&quot;window.struck=1") || page.contains("&quot; onmouseover="),
        "the classes"
    );
    place.run_args(&["report", "<b>out", "--quiet"]).ok();
    assert!(place.read("<b>out/report.html") == page);
}

#[test]
fn files_of_the_folder_may_say_anything() {
    let place = Place::new();
    place.run(&format!("{SMALL} --quiet --out study")).ok();
    for (file, from, to) in [
        ("run.json", "\"tables\"", "\"<b>tables\""),
        ("run.json", "\"linux\"", "\"<i>linux\""),
        ("run.json", "\"failed\": []", "\"failed\": [\"<b>\", 3, null]"),
        ("run.json", "\"--lr\"", "\"$(<b>)\""),
        ("engine.json", "\"driver\": \"", "\"driver\": \"<script>window.struck=1</script>"),
        ("sweep.toml", "# All", "# </pre><script>window.struck=1</script> All"),
    ] {
        let text = place.read(&format!("study/{file}"));
        place.write(&format!("study/{file}"), text.replacen(from, to, 1));
    }
    place.run("report study --quiet").ok();
    let said = [
        "&lt;b&gt;tables",
        "&#39;$(&lt;b&gt;)&#39;",
        "<dd>&lt;b&gt;</dd>",
        "&lt;script&gt;window.struck=1",
        "&lt;/pre&gt;",
    ];
    harmless(&place.read("study/report.html"), &said);
    for (k, log) in
        ["", "[]", "null", "{}", "{\"earlier\": 3, \"phases\": {\"name\": 1}}", "{\"earlier\": [1, \"<b>\"]"]
            .into_iter()
            .enumerate()
    {
        place.write("study/run.json", log);
        place.run("report study --quiet").ok();
        assert_eq!(pictures(&place.read("study/report.html")).len(), 10, "{k}");
    }
}

#[test]
fn a_picture_that_is_no_picture_of_ours_is_left_out() {
    let place = Place::new();
    place.run(&format!("{SMALL} --quiet --out study")).ok();
    place.write("study/pictures/accuracy.svg", "<html><script>window.struck=1</script>");
    place.write("study/pictures/losses.svg", b"<svg \xff>");
    place.write("study/pictures/<img src=x>.png", "");
    let script = "<svg onload=\"window.struck=1\"><title><b>a</b>\"'</title><script>window.struck=1</script>";
    place.write("study/pictures/success.svg", script);
    let run = place.run("report study").ok();
    assert!(
        run.err.contains("accuracy.svg is left out: it is no SVG") && run.err.contains("losses.svg is left out"),
        "{run:?}"
    );
    let page = place.read("study/report.html");
    harmless(&page, &["accuracy.svg is left out", "losses.svg is left out"]);
    // The script stays inside an image, where browsers do not run it.
    let names = pictures(&page);
    assert_eq!(
        (names.len(), names.iter().filter(|name| name.contains("&lt;b&gt;a&lt;/b&gt;&quot;")).count()),
        (8, 1),
        "{names:?}"
    );
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_shown_or_changed() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.run(&format!("{SMALL} --quiet --out study")).ok();
    place.write("secret", "<svg ><title>secret of the reader</title></svg>");
    place.write("log", "{\"version\": \"secret of the reader\", \"trained\": 8}");
    for (link, to) in [("pictures/accuracy.svg", "secret"), ("run.json", "log"), ("report.html", "secret")] {
        let link = place.path("study").join(link);
        let _ = fs::remove_file(&link);
        symlink(place.path(to), link).unwrap();
    }
    let run = place.run("report study").ok();
    assert!(run.err.contains("accuracy.svg is left out: it must be a picture of gpu-sweep, not a link"), "{run:?}");
    let page = place.read("study/report.html");
    assert!(!page.contains("secret of the reader") && pictures(&page).len() == 9, "neither read nor shown");
    assert_eq!(place.read("secret"), "<svg ><title>secret of the reader</title></svg>");
    fs::remove_file(place.path("study/pictures/accuracy.svg")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(place.path("study/pictures/accuracy.svg")).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
    assert!(
        place
            .run("report study")
            .ok()
            .err
            .contains("accuracy.svg is left out: it must be a picture of gpu-sweep, not a link or a device")
    );
    fs::remove_dir_all(place.path("study/pictures")).unwrap();
    fs::create_dir(place.path("outside")).unwrap();
    symlink(place.path("outside"), place.path("study/pictures")).unwrap();
    place.run("report study").stops(2, &["pictures is a link"]);
}

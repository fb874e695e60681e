//! The files of the page: HTML, style, one script, the core, the worker that keeps them for offline use, and all of it
//! in a single file.

use crate::{join::join, read};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// What the page may load and run: its own files, and workers and pictures that it makes itself.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
    connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";

/// Writes the page into `dist`, from the sources in `page` and the compiled core.
pub fn put_together(page: &Path, core: &Path, dist: &Path) -> Result<(), String> {
    let bindings = dist.with_file_name("target").join("bindings");
    let bound = Bindgen::new()
        .input_path(core)
        .no_modules(true)
        .and_then(|bindgen| bindgen.no_modules_global("gpuSweepCore"))
        .map(|bindgen| {
            bindgen.typescript(false).remove_producers_section(true).remove_name_section(true).generate(&bindings)
        });
    bound.and_then(|generated| generated).map_err(|error| format!("the core's bindings: {error:#}"))?;
    let wasm = fs::read(bindings.join("gpu_sweep_web_bg.wasm")).map_err(|error| format!("the core: {error}"))?;
    let script = read(&bindings.join("gpu_sweep_web.js"))? + &join(page, "main.js")?;
    let (style, html) = (read(&page.join("style.css"))?, read(&page.join("index.html"))?);
    let icon = read(&page.join("icon.svg"))?;
    let linked = html
        .replace("<!--policy-->", &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">"))
        .replace("<!--style-->", "<link rel=\"stylesheet\" href=\"style.css\">")
        .replace("<!--script-->", "<script type=\"module\" src=\"page.js\"></script>");
    let files: [(&str, &[u8]); 5] = [
        ("index.html", linked.as_bytes()),
        ("style.css", style.as_bytes()),
        ("page.js", script.as_bytes()),
        ("core.wasm", &wasm),
        ("icon.svg", icon.as_bytes()),
    ];
    let offline = offline(page, &files)?;
    let single = single(&html, &style, &script, &wasm);
    let _ = fs::remove_dir_all(dist);
    fs::create_dir_all(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let all = files.into_iter().chain([("offline.js", offline.as_bytes()), ("gpu-sweep.html", single.as_bytes())]);
    let mut first_load = 0;
    for (name, bytes) in all {
        fs::write(dist.join(name), bytes).map_err(|error| format!("{name}: {error}"))?;
        let packed = packed(bytes);
        println!("{name:>16} {:>9} bytes {packed:>9} packed", bytes.len());
        first_load += if matches!(name, "offline.js" | "gpu-sweep.html") { 0 } else { packed };
    }
    println!("first load: {first_load} bytes packed by gzip");
    Ok(())
}

/// Returns the worker that keeps the files of this version, and drops those of others.
fn offline(page: &Path, files: &[(&str, &[u8])]) -> Result<String, String> {
    let mut hash = Sha256::new();
    files.iter().for_each(|(_, bytes)| hash.update(bytes));
    let version: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let names: Vec<String> = files.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let text = read(&page.join("offline.js"))?;
    Ok(text.replace("VERSION", &version).replace("\"FILES\"", &names.join(", ")))
}

/// Returns the page in one file, which also works from a disk. There its parts have no address of their own.
fn single(html: &str, style: &str, script: &str, wasm: &[u8]) -> String {
    let policy = POLICY.replace("'self'", "'unsafe-inline'").replace("worker-src 'unsafe-inline'", "worker-src blob:");
    let policy = policy.replace("connect-src 'unsafe-inline'; ", "").replace("manifest-src 'unsafe-inline'; ", "");
    let policy = policy.replace("img-src 'unsafe-inline'", "img-src").replace("script-src", "script-src blob:");
    // Workers of a page without an address are no modules.
    let script = script.replace("import.meta.url", "document.baseURI");
    html.replace("<!--policy-->", &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"))
        .replace("<!--style-->", &format!("<style>\n{style}</style>"))
        .replace("<link rel=\"icon\" href=\"icon.svg\">\n", "")
        .replace(
            "<!--script-->",
            &format!(
                "<script type=\"text/plain\" id=\"core\">{}</script>\n<script type=\"module\" id=\"page\">\n{script}</script>",
                BASE64_STANDARD.encode(wasm)
            ),
        )
}

/// Returns the bytes that a visitor loads of a file.
fn packed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_or(bytes.len(), |packed| packed.len())
}

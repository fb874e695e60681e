//! Joins the page's modules into one script. They import names from each other, and no two have a name of the same
//! spelling at the top: without the words `import` and `export`, one after the other is one script.

use crate::read;
use std::path::Path;

/// Returns the text of `main` and of all modules that it imports, each after those that it imports itself.
pub fn join(folder: &Path, main: &str) -> Result<String, String> {
    let (mut seen, mut script) = (Vec::new(), String::new());
    visit(folder, main, &mut seen, &mut script)?;
    Ok(script)
}

fn visit(folder: &Path, name: &str, seen: &mut Vec<String>, script: &mut String) -> Result<(), String> {
    if seen.iter().any(|other| other == name) {
        return Ok(());
    }
    seen.push(name.to_owned());
    let text = read(&folder.join(name))?;
    let mut own = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("import ") {
            let mut import = line.to_owned();
            while !import.ends_with(';') {
                import += lines.next().ok_or_else(|| format!("{name}: an import has no end"))?;
            }
            let from = import.split('"').nth(1).and_then(|path| path.strip_prefix("./"));
            visit(folder, from.ok_or_else(|| format!("{name}: {import} must be of \"./NAME.js\""))?, seen, script)?;
        } else if !line.trim_start().starts_with("//") {
            own += line.strip_prefix("export ").unwrap_or(line);
            own.push('\n');
        }
    }
    *script += &without_comments(&own);
    Ok(())
}

/// Leaves out the comments that stand on lines of their own, `/** ... */`.
fn without_comments(text: &str) -> String {
    let (mut kept, mut inside) = (String::new(), false);
    for line in text.lines() {
        let trimmed = line.trim_start();
        inside |= trimmed.starts_with("/*");
        if inside {
            inside = !trimmed.ends_with("*/");
        } else if !trimmed.is_empty() {
            // The page has no text over several lines, in which indentation would count.
            kept += trimmed;
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_come_once_each_after_what_they_import() {
        let folder = std::env::temp_dir().join(format!("join-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        write("main.js", "import { a } from \"./a.js\";\nimport {\n  b,\n} from \"./b.js\";\n// a comment\na(b);\n");
        write(
            "a.js",
            "import { b } from \"./b.js\";\n/**\n * Doubles.\n */\nexport function a() {\n  return 2 * b;\n}\n",
        );
        write("b.js", "export const b = 1;\n");
        let joined = join(&folder, "main.js").unwrap();
        assert_eq!(joined, "const b = 1;\nfunction a() {\nreturn 2 * b;\n}\na(b);\n");
        write("b.js", "import x from \"elsewhere\";\n");
        assert!(join(&folder, "main.js").unwrap_err().contains("elsewhere"));
        std::fs::remove_dir_all(folder).unwrap();
    }
}

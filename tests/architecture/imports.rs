//! Imports between files go in one direction: a file can be read and changed with only those in mind that it imports.
//!
//! Circles of `use` statements are searched for; paths written out in the code are not followed, and neither are tests.

use super::{code, files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Path of a module from the crate root, which is empty for the root itself.
type Module = Vec<String>;

/// An imported path as written: `super::axis::Axis`.
struct Import {
    path: Vec<String>,
    /// Whether other files may import the same by this file.
    is_public: bool,
}

/// Imports of every file, by its module.
struct Imports(BTreeMap<Module, Vec<Import>>);

/// Most re-exports that lead from one to the next.
const MOST_REEXPORTS: usize = 5;

fn words(path: &str) -> Vec<String> {
    path.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Splits the members of a group at the commas outside inner groups.
fn members(group: &str) -> Vec<&str> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&group[start..]);
    found
}

/// Returns the paths of `a::{b, c::d as e}`, each after `prefix`.
fn paths(prefix: &[String], tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    if let Some(group) = tree.strip_prefix('{').and_then(|tree| tree.strip_suffix('}')) {
        return members(group).into_iter().flat_map(|member| paths(prefix, member)).collect();
    }
    let (head, rest) = tree.split_once("::").map_or((tree, None), |(head, rest)| (head, Some(rest)));
    let Some(head) = head.split_whitespace().next() else { return Vec::new() };
    let path = [prefix, &[head.to_owned()]].concat();
    rest.map_or_else(|| vec![path.clone()], |rest| paths(&path, rest))
}

/// Returns the imports of code without comments, but not those of its tests.
fn imports(code: &str) -> Vec<Import> {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let before = code[..at].lines().last().unwrap_or_default();
        let before = if code[..at].ends_with('\n') { "" } else { before.trim() };
        let is_public = before.starts_with("pub") && !before.contains(' ');
        if is_public || before.is_empty() {
            let tree = code[at + "use ".len()..].split(';').next().unwrap_or_default();
            found.extend(paths(&[], tree).into_iter().map(|path| Import { path, is_public }));
        }
    }
    found
}

impl Imports {
    /// Reads the imports of files, given as module and code without comments.
    fn of(files: impl IntoIterator<Item = (Module, String)>) -> Self {
        Self(files.into_iter().map(|(module, code)| (module, imports(&code))).collect())
    }

    /// Returns a path in `module` as one from the crate root; `None` for another crate's.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" | "gpu_sweep" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let up = path.iter().take_while(|word| *word == "super").count();
                Some([&module[..module.len().saturating_sub(up)], &path[up..]].concat())
            }
            _ => self.0.contains_key(&[module, std::slice::from_ref(first)].concat()).then(|| [module, path].concat()),
        }
    }

    /// Returns the module with the item at a path from the crate root, through up to `most` re-exports.
    fn resolve(&self, path: &[String], most: usize) -> Option<Module> {
        let length = (0..=path.len()).rev().find(|n| self.0.contains_key(&path[..*n]))?;
        let (module, rest) = path.split_at(length);
        if let Some(name) = rest.first().filter(|_| most > 0) {
            let same = self.0[module].iter().filter(|import| import.is_public && import.path.last() == Some(name));
            let origin = same.filter_map(|import| self.absolute(module, &import.path)).find(|origin| origin != path);
            if let Some(origin) = origin {
                return self.resolve(&origin, most - 1);
            }
        }
        (length > 0).then(|| module.to_vec())
    }

    /// Returns each file with those that it imports from. A re-export of a module's own inner file is no dependency.
    fn graph(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let targets = |module: &Module, imports: &[Import]| {
            let of = |import: &Import| {
                let target = self.resolve(&self.absolute(module, &import.path)?, MOST_REEXPORTS)?;
                let is_own = target == *module || (import.is_public && target.starts_with(module));
                (!is_own).then_some(target)
            };
            imports.iter().filter_map(of).collect()
        };
        self.0.iter().map(|(module, imports)| (module, targets(module, imports))).collect()
    }

    /// Returns all imports that are part of a circle, as `engine/gpu -> sweep/axis`.
    fn circles(&self) -> Vec<String> {
        let graph = self.graph();
        let reachable = |from: &Module| {
            let (mut seen, mut left) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(module) = left.pop() {
                left.extend(graph[&module].iter().filter(|next| seen.insert((*next).clone())).cloned());
            }
            seen
        };
        let mut found = Vec::new();
        for (module, targets) in &graph {
            let back = targets.iter().filter(|target| reachable(target).contains(*module));
            found.extend(back.map(|target| format!("{} -> {}", module.join("/"), target.join("/"))));
        }
        found
    }
}

/// Returns the module of a file below `src`; `None` for tests, and for the program beside the library.
fn module(path: &Path) -> Option<Module> {
    let inner = path.strip_prefix("src").unwrap().with_extension("");
    let names: Module = inner.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let is_test = names.iter().any(|name| name == "tests" || name.ends_with("_tests"));
    match names.join("/").as_str() {
        "lib" => Some(Vec::new()),
        "main" => None,
        _ => (!is_test).then_some(names),
    }
}

#[test]
fn files_import_in_one_direction() {
    let all = files("src", "rs");
    let found = Imports::of(all.iter().filter_map(|path| Some((module(path)?, code(path)))));
    let edges: usize = found.graph().values().map(BTreeSet::len).sum();
    assert!(edges > 1000, "only {edges} imports between files found: the parser is blind");
    assert_eq!(found.circles(), Vec::<String>::new());
}

#[test]
fn a_circle_of_imports_is_found() {
    let circles = |files: &[(&str, &str)]| {
        let module = |path: &str| path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Imports::of(files.iter().map(|(path, code)| (module(path), (*code).to_owned()))).circles()
    };
    let tests = "\n#[cfg(test)]\nmod tests {\n    use super::super::b::Other;\n}";
    let lowest = format!("use std::fmt;{tests}");
    let mut files = [
        ("", "pub mod a;\nmod b;\nmod c;\n"),
        // A module may re-export from its inner file, and the inner file import from its module.
        ("a", "mod inner;\n\npub use inner::{Thing, more::Most};\nuse crate::c::Low;\n"),
        ("a/inner", "use super::super::{b::{self, Other as Same}, c};\n"),
        // Goes to the inner file, through the re-export.
        ("b", "pub(super) use crate::{\n    a::Thing,\n    c::{Low, Lower},\n};\n"),
        ("c", lowest.as_str()),
    ];
    assert_eq!(circles(&files), ["a/inner -> b", "b -> a/inner"]);
    files[3].1 = "use crate::c::Low;\nfn reuse (a: u8) {}\n";
    assert_eq!(circles(&files), Vec::<String>::new());
}

#[test]
fn grouped_paths_are_taken_apart() {
    let found = paths(&[], "a::{self, b::{c, d as e},\n    f::*}");
    assert_eq!(found, ["a::self", "a::b::c", "a::b::d", "a::f::*"].map(words));
}

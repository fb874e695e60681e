//! Unrolls marked loops before compilation: `for (var i = A; i < B; i++) { // unroll`.
//!
//! Drivers keep an array in registers only if every index is a constant, and they differ in which loops they unroll, so
//! it is done here. The source on disk stays ordinary WGSL.

use std::collections::HashMap;

/// Marker at the end of a loop's first line.
const MARKER: &str = "// unroll";

/// Constants that loop bounds may use, by name: numbers and arrays of numbers.
#[derive(Debug, Clone, Default)]
pub struct Constants {
    pub numbers: HashMap<String, u32>,
    pub arrays: HashMap<String, Vec<u32>>,
}

/// Returns `source` with all marked loops unrolled, including nested ones.
///
/// # Errors
/// A message that names the loop that could not be parsed.
pub fn unroll(source: &str, constants: &Constants) -> Result<String, String> {
    let Some(marker) = source.find(MARKER) else { return Ok(source.to_owned()) };
    let start = source[..marker].rfind('\n').map_or(0, |newline| newline + 1);
    let body_start = marker + MARKER.len();
    let body_end =
        body_start + matching_brace(&source[body_start..]).ok_or("a marked loop without its closing brace")?;
    let head = source[start..marker].trim();
    let range = Header::parse(head).and_then(|header| header.range(constants));
    let (name, values) = range.ok_or_else(|| format!("can't unroll `{head}`"))?;
    let body = &source[body_start..body_end];
    let mut out = source[..start].to_owned();
    for value in values {
        let copy = replace_word(body, name, &format!("{value}u"));
        out.push_str(&format!("{{{}}}\n", unroll(&copy, constants)?));
    }
    out.push_str(&unroll(&source[body_end + 1..], constants)?);
    Ok(out)
}

/// Parts of `for (var NAME = FROM; NAME < TO; NAME++) {`; `down` with `>` and `--`.
struct Header<'a> {
    name: &'a str,
    from: &'a str,
    to: &'a str,
    down: bool,
}

impl<'a> Header<'a> {
    fn parse(head: &'a str) -> Option<Self> {
        let inside = head.strip_prefix("for (var ")?.strip_suffix(") {")?;
        let mut parts = inside.split(';').map(str::trim);
        let (first, condition, step) = (parts.next()?, parts.next()?, parts.next()?);
        let (name, from) = first.split_once('=').map(|(name, from)| (name.trim(), from.trim()))?;
        let down = step == format!("{name}--");
        let to = condition.strip_prefix(name)?.trim().strip_prefix(if down { '>' } else { '<' })?;
        (down || step == format!("{name}++")).then_some(Self { name, from, to, down })
    }

    fn range(&self, constants: &Constants) -> Option<(&'a str, Vec<u32>)> {
        let (from, to) = (evaluate(self.from, constants)?, evaluate(self.to, constants)?);
        let values = if self.down { (to + 1..=from).rev().collect() } else { (from..to).collect() };
        Some((self.name, values))
    }
}

/// Returns the position in `text` of the brace that closes one opened before it.
fn matching_brace(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().find_map(|(at, c)| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        (depth == 0).then_some(at)
    })
}

/// Returns `text` with every whole word `word` replaced, except after a `.`.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, _) in text.match_indices(word) {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        if !before.ends_with(|c| is_word(c) || c == '.') && !after.starts_with(is_word) {
            out.push_str(&text[copied..at]);
            out.push_str(by);
            copied = at + word.len();
        }
    }
    out + &text[copied..]
}

/// Returns the value of a sum of numbers, names and array elements such as `OUTPUTS[l - 1u] + 2u`.
fn evaluate(text: &str, constants: &Constants) -> Option<u32> {
    let text = text.trim();
    if let Some((at, sign)) = last_sum_operator(text) {
        let (left, right) = (evaluate(&text[..at], constants)?, evaluate(&text[at + 1..], constants)?);
        return if sign == '+' { left.checked_add(right) } else { left.checked_sub(right) };
    }
    if let Some((array, index)) = text.strip_suffix(']').and_then(|t| t.split_once('[')) {
        let index = evaluate(index, constants)? as usize;
        return constants.arrays.get(array.trim())?.get(index).copied();
    }
    text.strip_suffix('u').unwrap_or(text).parse().ok().or_else(|| constants.numbers.get(text).copied())
}

/// Returns the last `+` or `-` outside brackets, because sums group from the left.
fn last_sum_operator(text: &str) -> Option<(usize, char)> {
    let mut depth = 0;
    text.char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == ']') - i32::from(*c == '[');
        depth == 0 && matches!(c, '+' | '-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constants() -> Constants {
        let numbers = [("LAYERS".to_owned(), 2)].into();
        let arrays = [("OUTPUTS".to_owned(), vec![3, 1])].into();
        Constants { numbers, arrays }
    }

    fn lines(source: &str) -> Vec<String> {
        let out = unroll(source, &constants()).unwrap();
        out.lines().map(|l| l.replace(['{', '}'], "").trim().to_owned()).filter(|l| !l.is_empty()).collect()
    }

    #[test]
    fn nested_loops_are_written_out_in_order() {
        let source = "for (var l = 0u; l < LAYERS; l++) { // unroll
            for (var o = 0u; o < OUTPUTS[l]; o++) { // unroll
                a[o] = fool.l + l;
            }
        }
        done();";
        let expected =
            ["a[0u] = fool.l + 0u;", "a[1u] = fool.l + 0u;", "a[2u] = fool.l + 0u;", "a[0u] = fool.l + 1u;", "done();"];
        assert_eq!(lines(source), expected);
    }

    #[test]
    fn loops_may_run_down_and_may_be_empty() {
        let down = "for (var l = LAYERS; l > 0u; l--) { // unroll\n b(l - 1u, OUTPUTS[l - 1u]);\n}";
        assert_eq!(lines(down), ["b(2u - 1u, OUTPUTS[2u - 1u]);", "b(1u - 1u, OUTPUTS[1u - 1u]);"]);
        assert_eq!(lines("for (var i = 2u; i < LAYERS; i++) { // unroll\n x();\n}\ny();"), ["y();"]);
    }

    #[test]
    fn unmarked_loops_stay() {
        let source = "for (var n = 0u; n < POINTS; n++) {\n x(n);\n}";
        assert_eq!(unroll(source, &constants()).unwrap(), source);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for head in ["for (var n = 0u; n < POINTS; n++) {", "for (var n = 0u; n <= 3u; n++) {", "while (true) {"] {
            let error = unroll(&format!("{head} // unroll\n}}"), &constants()).unwrap_err();
            assert!(error.contains(head), "{error}");
        }
        assert!(unroll("for (var n = 0u; n < 3u; n++) { // unroll\n x();", &constants()).is_err());
    }
}

//! Just enough reading of Rust source to tell code from comments and strings.

/// What a stretch of source is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// The code with comments and the insides of strings blanked, cut off where the tests begin; numbered lines.
pub(crate) fn code_without_tests(source: &str) -> Vec<(usize, String)> {
    let mut code = String::with_capacity(source.len());
    for (kind, stretch) in stretches(source) {
        match kind {
            Kind::Code => code.push_str(&stretch),
            Kind::Comment | Kind::Text => code.extend(stretch.chars().filter(|&c| c == '\n')),
        }
    }
    let lines = code.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    lines.map(|(index, line)| (index + 1, line.to_owned())).collect()
}

/// Every string literal with the line on which it begins, as written.
pub(crate) fn strings(source: &str) -> Vec<(usize, String)> {
    let mut line = 1;
    let mut found = Vec::new();
    for (kind, stretch) in stretches(source) {
        let begins = line;
        line += stretch.matches('\n').count();
        if kind == Kind::Text {
            found.push((begins, stretch));
        }
    }
    found
}

fn stretches(source: &str) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut code = String::new();
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, code.chars().next_back());
        let (stretch, after) = rest.split_at(length.max(first.len_utf8()));
        rest = after;
        if kind == Kind::Code {
            code.push_str(stretch);
        } else {
            found.push((Kind::Code, std::mem::take(&mut code)));
            found.push((kind, stretch.to_owned()));
        }
    }
    found.push((Kind::Code, code));
    found
}

/// What begins here, and how many bytes it takes.
fn next(rest: &str, before: Option<char>) -> (Kind, usize) {
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let prefix = ["br", "cr", "r", ""].into_iter().find(|prefix| {
        (prefix.is_empty() || !in_word)
            && rest.strip_prefix(prefix).is_some_and(|after| {
                let opening = after.trim_start_matches('#');
                opening.starts_with('"') && (!prefix.is_empty() || opening.len() == after.len())
            })
    });
    if let Some(prefix) = prefix {
        return (Kind::Text, string_length(rest, prefix));
    }
    if let Some(after) = rest.strip_prefix('\'') {
        return (Kind::Code, 1 + char_length(after));
    }
    (Kind::Code, rest.chars().next().map_or(0, char::len_utf8))
}

fn string_length(rest: &str, prefix: &str) -> usize {
    let after = rest.get(prefix.len()..).unwrap_or_default();
    let hashes = after.len() - after.trim_start_matches('#').len();
    let opening = prefix.len() + hashes + 1;
    let body = rest.get(opening..).unwrap_or_default();
    if prefix.is_empty() {
        let mut escaped = false;
        for (at, c) in body.char_indices() {
            match c {
                '"' if !escaped => return opening + at + 1,
                '\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
        return rest.len();
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    body.find(&closing).map_or(rest.len(), |at| opening + at + closing.len())
}

/// How far a character literal goes after its quote; 0 for a lifetime.
fn char_length(after: &str) -> usize {
    let mut chars = after.char_indices();
    match chars.next() {
        Some((_, '\\')) => after.get(2..).and_then(|body| body.find('\'')).map_or(0, |at| at + 3),
        Some((_, _)) => chars.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

#[test]
fn strings_comments_and_code_are_told_apart() {
    let source = "let a = \"x \\\" y\"; // \"not\"\nlet b = r#\"raw \" one\"#; let c = '\"'; fn f<'a>() {} /* \"no\" */ b\"z\"";
    let texts: Vec<String> = strings(source).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["\"x \\\" y\"", "r#\"raw \" one\"#", "\"z\""]);
    let code = code_without_tests(
        "use a; // SystemTime\nlet s = \"std::fs\";\n#[cfg(test)]\nmod tests { Instant }",
    );
    let code: Vec<String> = code.into_iter().map(|(_, line)| line).collect();
    assert_eq!(code, ["use a; ", "let s = ;"]);
}

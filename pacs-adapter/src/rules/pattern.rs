//! Texts with `*` for any run of characters and `?` for any one.

/// Whether a text is like a pattern. Takes time in proportion to the product of their lengths at most.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut with) = (0, 0);
    // where the last star stands, and how much of the text it has taken
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(with) {
            Some('*') => {
                star = Some((with, at));
                with += 1;
            }
            Some(c) if *c == '?' || *c == text[at] => (at, with) = (at + 1, with + 1),
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                (at, with) = (taken + 1, place + 1);
            }
        }
    }
    pattern[with..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_any_run_and_question_marks_any_one() {
        for (text, pattern) in
            [("CT1", "CT1"), ("CT1", "CT?"), ("CT_ROOM_2", "CT*2"), ("", "*"), ("头部CT", "?部*"), ("abcabd", "*ab?")]
        {
            assert!(is_like(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("CT1", "CT"), ("CT1", "ct1"), ("CT", "CT?"), ("CT_ROOM_2", "CT*3"), ("a", "")] {
            assert!(!is_like(text, pattern), "{text} {pattern}");
        }
        assert!(!is_like(&"a".repeat(10_000), &"*a".repeat(50).replace("*a", "*a*b")));
    }
}

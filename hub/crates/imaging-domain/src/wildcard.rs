//! Wildcard matching (PS3.4 C.2.2.2.4).

/// Whether a pattern matches a whole text: `*` is any run of characters, `?` one. Takes the product of the lengths at most.
pub fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last star does not fit: the star, and what it takes at least.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match &mut retry {
                Some((star, taken)) => {
                    *taken += 1;
                    (p, t) = (*star + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Wildcard matching by its definition.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            (['*', rest @ ..], _) => (0..=text.len()).any(|skipped| defined(rest, &text[skipped..])),
            (['?', rest @ ..], [_, after @ ..]) => defined(rest, after),
            ([one, rest @ ..], [other, after @ ..]) => one == other && defined(rest, after),
            _ => false,
        }
    }

    #[test]
    fn stars_take_any_run_and_question_marks_any_one() {
        for (text, pattern) in
            [("CT1", "CT1"), ("CT1", "CT?"), ("CT_ROOM_2", "CT*2"), ("", "*"), ("头部CT", "?部*"), ("abcabd", "*ab?")]
        {
            assert!(is_like(pattern, text), "{text} {pattern}");
        }
        for (text, pattern) in [("CT1", "CT"), ("CT1", "ct1"), ("CT", "CT?"), ("CT_ROOM_2", "CT*3"), ("a", "")] {
            assert!(!is_like(pattern, text), "{text} {pattern}");
        }
        assert!(!is_like(&"*a".repeat(50).replace("*a", "*a*b"), &"a".repeat(10_000)));
    }

    proptest! {
        #[test]
        fn it_is_what_it_is_defined_to_be(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(is_like(&pattern, &text), defined(&chars(&pattern), &chars(&text)));
        }
    }
}

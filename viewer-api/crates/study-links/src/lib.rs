//! Study links: a study opened by whoever holds a link and its PIN.

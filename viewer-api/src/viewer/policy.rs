//! What the viewer's page may load (Content Security Policy Level 3).

use axum::http::HeaderValue;
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The policy of a page: its own origin and nothing else. The few scripts inside of the page are allowed by their digest.
/// OHIF's image decoders are WebAssembly whose glue makes functions of text, hence `unsafe-eval`; its components write
/// style sheets of their own; threads, pictures and documents come from memory (`blob:`, `data:`).
pub(super) fn policy(page: &str) -> HeaderValue {
    let inside: String = inline_scripts(page)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    let text = format!(
        "default-src 'none'; script-src 'self'{inside} 'unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; \
         media-src 'self' blob:; object-src 'self' blob:; frame-src 'self' blob:; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // digits, letters and punctuation always fit into a header
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The texts of script elements without attributes.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script>").skip(1).filter_map(|rest| rest.split("</script>").next())
}

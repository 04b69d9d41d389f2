//! What the demo says to the person who started it.

use super::ready::Ready;

#[expect(clippy::print_stdout, reason = "the demo speaks to the person who started it")]
pub(super) fn say(text: &str) {
    println!("{text}");
}

/// Where everything is.
pub(super) fn describe(ready: &Ready) {
    say("");
    say(&format!(
        "first page      {}   (its certificate is the demo's own: {})",
        ready.hub.web,
        ready.tls.ca.display()
    ));
    for user in &ready.users {
        say(&format!("  sign in as    {} / {}", user.name, user.password));
    }
    if let Some(viewer) = &ready.hub.viewer {
        say(&format!("full viewer     {viewer}"));
    }
    if let Some(link) = &ready.link {
        say(&format!("study link      {}", link.url));
        say(&format!("  PIN           {}", link.pin));
        say(&study_links::text(&link.url).unwrap_or_default());
    }
    say(&format!("DICOMweb        {}", ready.hub.dicomweb));
    say(&format!(
        "  for example   curl --cacert {} --cert {} --key {} {}/studies",
        ready.tls.ca.display(),
        ready.tls.cert.display(),
        ready.tls.key.display(),
        ready.hub.dicomweb
    ));
    say(&format!("metrics         {}", ready.hub.metrics));
    for site in &ready.sites {
        let people: Vec<String> = site.users.iter().map(|user| format!("{} / {}", user.name, user.password)).collect();
        let (ae_title, people) = (&site.ae_title, people.join(", "));
        say(&format!("{:15} {ae_title} at {}   console {}   {people}", site.id, site.dimse, site.console));
    }
    say("");
    say("Ctrl-C stops everything");
}

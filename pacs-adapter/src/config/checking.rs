//! Whether a configuration can be.

use super::Config;
use crate::peers::Peer;
use anyhow::{Result, ensure};

impl Config {
    /// Whether what is configured can be, as far as one sees that before anything runs.
    ///
    /// # Errors
    /// Which key is wrong, and what to do.
    pub(crate) fn check(&self) -> Result<()> {
        let Self { dimse, peers, rules, .. } = self;
        ensure!(dimse.max_associations > 0, "dimse.max_associations is 0: nobody could call");
        ensure!(
            dimse.region_ae_title.as_ref() != Some(&dimse.ae_title),
            "dimse.region_ae_title is the same as dimse.ae_title: the region needs a title of its own"
        );
        check_peers(peers)?;
        let names: Vec<_> = rules.iter().map(|rule| &rule.name).filter(|name| !name.is_empty()).collect();
        let twice = (1..names.len()).find(|number| names[..*number].contains(&names[*number]));
        ensure!(twice.is_none(), "two rules have the name \"{}\"", names[twice.unwrap_or_default()]);
        check_pinned(self)?;
        check_places(self)
    }
}

fn check_peers(peers: &[Peer]) -> Result<()> {
    for (number, peer) in peers.iter().enumerate() {
        let title = &peer.ae_title;
        ensure!(!peers[..number].iter().any(|other| other.ae_title == *title), "two peers have the title {title}");
        ensure!(
            peer.address.is_empty() || has_port(&peer.address),
            "the address of the peer {title} is not host:port, such as 192.0.2.1:104"
        );
    }
    Ok(())
}

/// Who must show a certificate needs a door where it is asked for one.
fn check_pinned(Config { dimse, peers, .. }: &Config) -> Result<()> {
    // what one that is called shows is looked at by who calls it
    let pinned = peers.iter().find(|peer| peer.certificate.is_some() && !peer.tls);
    if let Some(Peer { ae_title, .. }) = pinned {
        ensure!(
            !dimse.tls.listen.is_empty() && !dimse.tls.client_authority_file.as_os_str().is_empty(),
            "the peer {ae_title} must show its certificate, for which dimse.tls needs listen and client_authority_file"
        );
    }
    Ok(())
}

/// What is taken, or cannot be read, goes where nobody looks for more.
fn check_places(Config { watch, dir, .. }: &Config) -> Result<()> {
    for (key, place) in [("taken_to", watch.taken_to.clone()), ("unread_to", watch.unread_to_of(dir))] {
        ensure!(
            watch.folder.as_os_str().is_empty() || !place.starts_with(&watch.folder),
            "watch.{key} is inside of watch.folder: what goes there would be taken again"
        );
    }
    Ok(())
}

fn has_port(address: &str) -> bool {
    address
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<()> {
        toml::from_str::<Config>(text)?.check()
    }

    #[test]
    fn a_configuration_that_cannot_work_says_what_is_wrong() {
        let pinned = format!("peers = [{{ ae_title = 'A', certificate = '{}' }}]", "ab".repeat(32));
        let tls = "\n[dimse.tls]\nlisten = '0.0.0.0:2762'\n";
        for (text, said) in [
            ("[dimse]\nmax_associations = 0", "nobody could call"),
            ("[dimse]\nae_title = 'X'\nregion_ae_title = 'X'", "a title of its own"),
            ("peers = [{ ae_title = 'A' }, { ae_title = 'A' }]", "two peers have the title A"),
            ("peers = [{ ae_title = 'A', address = 'host' }]", "is not host:port"),
            ("[[rules]]\nname = 'a'\n[[rules]]\nname = 'a'", "two rules have the name"),
            (&pinned, "for which dimse.tls needs"),
            (&(pinned.clone() + tls), "for which dimse.tls needs"),
            ("[watch]\nfolder = '/in'\nunread_to = '/in/unread'", "watch.unread_to is inside of watch.folder"),
            ("[watch]\nfolder = '/in'\ntaken_to = '/in'", "watch.taken_to is inside of watch.folder"),
            ("dir = '/in/adapter'\n[watch]\nfolder = '/in'", "watch.unread_to is inside of watch.folder"),
        ] {
            let error = checked(text).expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn what_can_be_is_not_refused() {
        let certificate = "ab".repeat(32);
        let called =
            format!("peers = [{{ ae_title = 'A', address = 'a:1', tls = true, certificate = '{certificate}' }}]");
        let calls = format!(
            "peers = [{{ ae_title = 'A', certificate = '{certificate}' }}]\n[dimse.tls]\nlisten = '0.0.0.0:2762'\nclient_authority_file = 'ca.pem'"
        );
        for text in ["", &called, &calls, "[watch]\nfolder = '/not/mounted/yet'\ntaken_to = '/not/mounted'"] {
            checked(text).expect(text);
        }
    }
}

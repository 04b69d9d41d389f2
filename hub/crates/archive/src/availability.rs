//! Whether a study could be opened now: asked of the lines to its hospitals and of the cache, never of a hospital.

use crate::{archive::Archive, error::Error};
use access_control::{Object, Permit, View, decide};
use catalog::{Match, Scope};
use imaging_domain::{Principal, SiteId, tags};

/// The most instances of one study that are looked for; of a longer one it is never said that all are here.
const MAX_INSTANCES: usize = 1_000;
/// The most instances that are looked for in one answer; what comes after that counts as not here.
const MAX_LOOKS: usize = 4_000;

/// How much of a study can be seen now. A finer word than Instance Availability (0008,0056) of PS3.3 C.4.23.1.1, which
/// is about media and not about lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// A hospital that holds it is connected, or the hub holds it itself.
    Online,
    /// A hospital that holds it is connected, and has to fetch at least a part of it from its PACS first.
    Nearline,
    /// No hospital that holds it is connected, and all of it is in the cache.
    Cached,
    /// No hospital that holds it is connected, and a part of it is in the cache.
    Partly,
    /// No hospital that holds it is connected, and nothing of it is here.
    Offline,
}

impl Availability {
    /// Its word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Nearline => "nearline",
            Self::Cached => "cached",
            Self::Partly => "partly",
            Self::Offline => "offline",
        }
    }
}

impl Archive {
    /// Whether each study of an answer could be opened now, in the order of the answer. Only of those without a connected
    /// hospital the instances are listed, so an answer costs little while the region is whole. What is found was written
    /// down when it was searched for.
    ///
    /// # Errors
    /// [`Error::Denied`], or what the index says.
    pub async fn availability(&self, who: &Principal, found: &[Match]) -> Result<Vec<Availability>, Error> {
        // which lines are up is the program's own to know; of the studies only those are told that the asker found
        let sees = decide::<access_control::Overview>(&Principal::Service("availability"), Object::Region)?;
        let sites = self.parts.registry.sites(&sees).await?;
        let held: Vec<SiteId> = sites.into_iter().filter(|site| site.held_by_hub).map(|site| site.site).collect();
        let connected = |site: &SiteId| self.parts.remote.as_ref().is_some_and(|remote| remote.is_connected(site));
        let mut looks = MAX_LOOKS;
        let mut out = Vec::with_capacity(found.len());
        for one in found {
            out.push(if one.sites.iter().any(|site| held.contains(site) || connected(site)) {
                match one.attributes.text(tags::INSTANCE_AVAILABILITY) {
                    Some("NEARLINE") => Availability::Nearline,
                    _ => Availability::Online,
                }
            } else {
                let permit = decide::<View>(who, Object::Study(&one.study))?;
                self.in_cache(&permit, one, &mut looks).await?
            });
        }
        Ok(out)
    }

    async fn in_cache(&self, permit: &Permit<View>, one: &Match, looks: &mut usize) -> Result<Availability, Error> {
        let scope = Scope { study: one.study.clone(), series: None, instance: None };
        let limit = MAX_INSTANCES.min(*looks);
        let listed = self.parts.index.instances(permit, &scope, None, limit).await?;
        *looks -= listed.len();
        let mut here = 0;
        for copies in &listed {
            for copy in &copies.0 {
                if self.parts.blobs.has(permit, &copy.instance.digest).await {
                    here += 1;
                    break;
                }
            }
        }
        Ok(match here {
            0 => Availability::Offline,
            all if all == listed.len() && all < limit => Availability::Cached,
            _ => Availability::Partly,
        })
    }
}

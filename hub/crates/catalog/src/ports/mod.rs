//! What an index is, whatever it is made of: twelve ports, each asked by one kind of use case.

mod accounts;
mod change_feed;
mod crawl_report;
mod crawls;
mod elsewhere;
mod failures;
mod found;
mod link_sessions;
mod links;
mod readiness;
mod registry;
mod routes;
mod step;
mod study_index;
mod workitems;

pub use accounts::{Account, Accounts, Session};
pub use change_feed::ChangeFeed;
pub use crawl_report::{Amount, CrawlPass, CrawlReport, GivenUp};
pub use crawls::{CrawlWindow, Crawls, DueStudy, FetchEnd, ListedStudy, WindowEnd};
pub use elsewhere::{CacheChange, Elsewhere, promised_digest};
pub use failures::{Failed, Failures, MAX_FAILURES};
pub use found::{Answer, Match, Position};
pub use link_sessions::{LinkAttempt, LinkFiles, LinkKey, LinkSession, LinkSessions};
pub use links::{Link, LinkEvent, LinkFilter, LinkSecrets, LinkStep, Links};
pub use readiness::{Postponed, Readiness, SeriesVersion, version_of};
pub use registry::{Invitation, Registry};
pub use routes::{HeldStudy, Orders, Queued, RouteState, Routes, Telling};
pub use step::{
    DeletionLock, Known, MAX_OF_ONE, MAX_SUBSCRIBERS, Standing, StepState, Subscriber, Workitem, WorkitemPart,
};
pub use study_index::{Arrival, Conflict, Deleted, InstanceCopies, Scope, StudyIndex, Totals, Verdict};
pub use workitems::Workitems;

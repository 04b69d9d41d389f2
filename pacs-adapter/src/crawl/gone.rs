//! Studies that no window told any more: each is asked for by itself.

use super::{
    asking::Answers,
    crawler::{Crawler, Inner, WHO, overview, store},
    line::{Line, Use, Why},
    listing,
    windows::identifier_of,
};
use archive::PacsNews;
use catalog::{CrawlWindow, ListedStudy, WindowEnd};
use imaging_domain::StudyUid;

/// The most that are looked for at the end of a pass.
const MAX_UNSEEN: usize = 10_000;

/// What the archive still has was told after all; what it has no more is counted, and forgotten where it keeps the images. Where
/// they were fetched they are here. One that it does not answer for is looked for by the next pass.
pub(super) async fn follow_unseen(crawler: &Crawler) -> Result<(), String> {
    let inner = crawler.0.as_ref();
    let Inner { parts, archive, config, .. } = inner;
    let mut line = Line::new(parts, archive, config);
    let mut trouble = Ok(());
    let permit = overview().map_err(|error| error.to_string())?;
    let unseen = parts.crawls.unseen(&permit, &archive.ae_title, MAX_UNSEEN).await;
    for study in unseen.map_err(|error| error.to_string())? {
        crawler.until_allowed(&mut line).await;
        let followed = match ask(&mut line, &study).await {
            Ok(found) => follow(inner, &study, found).await,
            Err(why) => Err(why),
        };
        match followed {
            Ok(()) => {}
            Err(Why::Failed(words)) => trouble = Err(words),
            Err(Why::Away(words)) => {
                trouble = Err(words);
                break;
            }
        }
    }
    line.release().await;
    trouble
}

/// What the archive says of a study; `None` when it has none.
async fn ask(line: &mut Line, study: &StudyUid) -> Result<Option<ListedStudy>, Why> {
    let Answers { found, are_all } = line.all(&Use::Finding, &identifier_of(study), 1).await?;
    match found.first().and_then(listing::study) {
        None if !are_all => Err(Why::Failed("the archive does not say whether it has a study".to_owned())),
        found => Ok(found),
    }
}

async fn follow(inner: &Inner, study: &StudyUid, found: Option<ListedStudy>) -> Result<(), Why> {
    let Inner { parts, archive, .. } = inner;
    let permit = store().map_err(Why::failed)?;
    if let Some(found) = found {
        let by_uid = CrawlWindow { first: study.to_string(), last: String::new() };
        let kept = parts.crawls.end_window(&permit, &archive.ae_title, &by_uid, vec![found], WindowEnd::Whole).await;
        return kept.map_err(Why::failed);
    }
    if let Some(committer) = &parts.learning {
        let news = PacsNews { told: vec![], still: Some(vec![]) };
        committer.learn(&WHO, study, news).await.map_err(Why::failed)?;
    }
    parts.crawls.end_study(&permit, &archive.ae_title, study).await.map_err(Why::failed)
}

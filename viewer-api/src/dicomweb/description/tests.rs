use super::resources::{Resource, all};
use crate::dicomweb::tests::ask_with;
use axum::http::{Method, Request};
use imaging_domain::Principal;

/// A path with something in every brace.
fn example(path: &str) -> String {
    let values = [("study", "1.2"), ("series", "1.3"), ("instance", "1.4"), ("frames", "1"), ("value", "1-2")];
    values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
}

#[tokio::test]
async fn every_resource_that_is_told_is_there() {
    // of a transaction there is a result when somebody asked, of a worklist when there is one: `tests/it`
    let others = |resource: &&Resource| ["13.", "11.", "8.10"].iter().any(|other| resource.section.starts_with(other));
    let is_there = |resource: &&Resource| resource.method == Method::GET && !others(resource);
    for resource in all().iter().filter(is_there) {
        let path = match resource.path.as_str() {
            "/wado" => "/wado?requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID=1.4".to_owned(),
            path => example(path),
        };
        let request = Request::get(format!("/dicomweb{path}"));
        let (told, _) = ask_with(request, Some(Principal::Hub), &[]).await;
        assert!(resource.statuses[0].contains(&told.status.as_u16()), "{path}: {}", told.status);
        let media_type = told.header("content-type").split(';').next().unwrap_or_default();
        assert!(resource.gives.contains(&media_type), "{path}: {media_type}");
    }
}

#[test]
fn names_are_told_once_and_every_brace_is_a_parameter() {
    let resources = all();
    for resource in &resources {
        let braces = resource.path.matches('{').count();
        let told = resource.parameters.iter().filter(|parameter| resource.path.contains(parameter.name)).count();
        assert!(told >= braces, "{}", resource.path);
        assert_eq!(resources.iter().filter(|other| other.name == resource.name).count(), 1, "{}", resource.name);
    }
}

#[tokio::test]
async fn options_tell_what_a_resource_can_do() {
    for (path, expected) in [
        ("/studies/1.2", &["OPTIONS, HEAD, GET, POST", "retrieveStudy", "storeInstancesOfStudy"][..]),
        ("/studies/1.2/series", &["OPTIONS, HEAD, GET", "searchForSeriesOfStudy"]),
        ("/series", &["OPTIONS, HEAD, GET", "\"searchForSeries\""]),
        ("", &["OPTIONS, HEAD, GET, POST, PUT, DELETE", "retrieveFrames", "searchForStudies"]),
    ] {
        let request = Request::builder().method(Method::OPTIONS).uri(format!("/dicomweb{path}"));
        let (told, asked) = ask_with(request, Some(Principal::Hub), &[]).await;
        assert_eq!(
            (told.status.as_u16(), told.header("content-type")),
            (200, "application/vnd.sun.wadl+xml"),
            "{path}"
        );
        let text = format!("{} {}", told.header("allow"), told.body.as_deref().unwrap());
        for part in expected {
            assert!(text.contains(part), "{path}: {text}");
        }
        assert!(text.contains("<resources base=\"/dicomweb/\">"), "{text}");
        assert_eq!(asked, [""; 0], "{path}");
    }
}

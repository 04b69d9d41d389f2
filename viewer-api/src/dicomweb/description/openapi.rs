//! The table as OpenAPI 3.1.

use super::{
    parameters::{Form, Parameter, Standing},
    resources::{Resource, all},
};
use ::dicomweb::DICOM_JSON;
use axum::{
    Json, Router,
    http::{Method, StatusCode},
    routing::get,
};
use serde_json::{Value, json};
use std::sync::LazyLock;
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, License, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
    Required, Response, ResponseBuilder, Schema, ServerBuilder,
    path::{OperationBuilder, ParameterBuilder, ParameterIn},
    request_body::RequestBodyBuilder,
    schema::{ArrayBuilder, ComponentsBuilder, Type},
    security::{SecurityRequirement, SecurityScheme},
};

/// What an answer that is not of success is written as (RFC 9457).
const PROBLEM: &str = "application/problem+json";
/// Name of the one way in that is told: people sign in on a page.
const CERTIFICATE: &str = "certificate";

/// `/openapi.json`: the description of the routes below [`federation::DICOMWEB_PATH`]. It is about nobody, so anybody may
/// read it.
pub fn router() -> Router {
    static TOLD: LazyLock<Value> = LazyLock::new(|| json!(describe()));
    Router::new().route("/openapi.json", get(async || Json(TOLD.clone())))
}

fn describe() -> OpenApi {
    let about = "DICOMweb (PS3.18) of a regional imaging hub: studies of all its hospitals behind one address.";
    let info = InfoBuilder::new().title("Regional imaging hub").version(env!("CARGO_PKG_VERSION"));
    let license = License::new(env!("CARGO_PKG_LICENSE"));
    let mut paths = PathsBuilder::new().build();
    for resource in all() {
        let method = method(&resource.method);
        let item = PathItem::new(method, operation(&resource));
        match paths.paths.get_mut(&resource.path) {
            Some(known) => known.merge_operations(item),
            None => drop(paths.paths.insert(resource.path, item)),
        }
    }
    let certificate = SecurityScheme::MutualTls {
        description: Some("A certificate of the region's authority, as `hub client issue` makes it".to_owned()),
        deprecated: None,
        extensions: None,
    };
    OpenApiBuilder::new()
        .info(info.description(Some(about)).license(Some(license)).build())
        .servers(Some([ServerBuilder::new().url(federation::DICOMWEB_PATH).build()]))
        .paths(paths)
        .components(Some(ComponentsBuilder::new().security_scheme(CERTIFICATE, certificate).build()))
        .security(Some([SecurityRequirement::new(CERTIFICATE, [""; 0])]))
        .build()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(resource: &Resource) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(&*resource.name))
        .summary(Some(resource.about))
        .description(Some(format!("PS3.18 {}", resource.section)));
    for parameter in &resource.parameters {
        operation = operation.parameter(described(parameter));
    }
    if !resource.takes.is_empty() {
        let bytes =
            |body: RequestBodyBuilder, media_type: &&str| body.content(*media_type, ContentBuilder::new().build());
        let body = resource.takes.iter().fold(RequestBodyBuilder::new(), bytes).required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    let [done, failed] = resource.statuses;
    for status in done {
        operation = operation.response(status.to_string(), success(resource, *status));
    }
    for status in failed {
        operation = operation.response(status.to_string(), failure(*status));
    }
    operation
}

fn described(parameter: &Parameter) -> ParameterBuilder {
    let (standing, required) = match parameter.standing {
        Standing::Path => (ParameterIn::Path, Required::True),
        Standing::Query => (ParameterIn::Query, Required::False),
    };
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let schema = match parameter.form {
        Form::Text => text(),
        Form::Flag => ObjectBuilder::new().schema_type(Type::Boolean),
        Form::Number(least, most) => {
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least)).maximum(Some(most))
        }
        Form::Pattern(pattern) => text().pattern(Some(pattern)).max_length(Some(64)),
    };
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(standing)
        .required(required)
        .description(Some(parameter.about))
        .schema(Some(schema))
}

fn success(resource: &Resource, status: u16) -> Response {
    let mut response = ResponseBuilder::new().description(reason(status));
    if resource.is_without_body(status) {
        return response.build();
    }
    for media_type in resource.gives {
        let content = match *media_type {
            DICOM_JSON if resource.gives_one() => ContentBuilder::new().schema(Some(ObjectBuilder::new().build())),
            DICOM_JSON => ContentBuilder::new().schema(Some(data_sets())),
            _ => ContentBuilder::new(),
        };
        response = response.content(*media_type, content.build());
    }
    response.build()
}

/// An array of data sets (PS3.18 annex F).
fn data_sets() -> Schema {
    ArrayBuilder::new().items(ObjectBuilder::new().build()).build().into()
}

fn failure(status: u16) -> Response {
    let text = |kind| ObjectBuilder::new().schema_type(kind).build();
    let problem = ObjectBuilder::new()
        .property("type", text(Type::String))
        .property("title", text(Type::String))
        .property("status", text(Type::Integer))
        .property("detail", text(Type::String))
        .required("title")
        .required("status");
    let content = ContentBuilder::new().schema(Some(problem.build())).build();
    ResponseBuilder::new().description(reason(status)).content(PROBLEM, content).build()
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("answered")
}

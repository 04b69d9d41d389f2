//! A provider on loopback that changes its keys, goes away and misbehaves.

use super::*;
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Request, StatusCode},
    middleware::from_fn_with_state,
    routing::get,
};
use imaging_domain::{Principal, Role};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};
use tokio::{net::TcpListener, sync::Mutex as Turn};
use tower::ServiceExt;

const START_MS: i64 = 1_700_000_000_000;
/// The hub's clock, which a function has to be; one test at a time moves it.
static NOW_MS: AtomicI64 = AtomicI64::new(START_MS);
static TURN: Turn<()> = Turn::const_new(());

struct Key {
    id: &'static str,
    secret: EncodingKey,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        Self { id, secret: EncodingKey::from_ec_der(&pair.serialize_der()) }
    }

    fn public(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.secret, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    fn token(&self, issuer: &str) -> String {
        let now_s = NOW_MS.load(Ordering::Relaxed) / 1000;
        let claims = json!({ "iss": issuer, "aud": "hub", "sub": "anna", "groups": ["doctors"], "exp": now_s + 7200 });
        let header = Header { kid: Some(self.id.to_owned()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &self.secret).unwrap()
    }
}

#[derive(Default)]
struct Told {
    issuer: Mutex<String>,
    /// What is at the address of the keys; nothing is a failure.
    keys: Mutex<Option<String>>,
    asked: AtomicUsize,
}

struct World {
    told: Arc<Told>,
    issuer: String,
    provider: Provider,
}

impl World {
    async fn new(keys: Value) -> Self {
        NOW_MS.store(START_MS, Ordering::Relaxed);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Told::default());
        *told.issuer.lock().unwrap() = issuer.clone();
        *told.keys.lock().unwrap() = Some(json!({ "keys": keys }).to_string());
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(doors))
            .route("/keys", get(keys_of))
            .with_state(told.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let config = Config {
            issuer: issuer.clone(),
            label: "the region".into(),
            client_id: "hub".into(),
            client_secret: None,
            scopes: vec![],
            role_claim: "groups".into(),
            roles: [("doctors".to_owned(), Role::Radiologist)].into(),
            audience: Some("hub".into()),
            authorities_pem: None,
            clock: || NOW_MS.load(Ordering::Relaxed),
        };
        Self { told, provider: Provider::new(config).unwrap(), issuer }
    }

    async fn ask(&self, key: &Key) -> Result<Principal, Error> {
        self.provider.bearer(&key.token(&self.issuer)).await
    }

    fn tell(&self, keys: Option<String>) {
        *self.told.keys.lock().unwrap() = keys;
    }

    fn asked(&self) -> usize {
        self.told.asked.load(Ordering::Relaxed)
    }
}

async fn doors(State(told): State<Arc<Told>>) -> String {
    let issuer = told.issuer.lock().unwrap().clone();
    let at = |path: &str| format!("{issuer}{path}");
    let doors = json!({
        "issuer": issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
    });
    doors.to_string()
}

async fn keys_of(State(told): State<Arc<Told>>) -> Result<String, StatusCode> {
    told.asked.fetch_add(1, Ordering::Relaxed);
    told.keys.lock().unwrap().clone().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn later(ms: i64) {
    NOW_MS.fetch_add(ms, Ordering::Relaxed);
}

#[tokio::test]
async fn keys_are_changed_and_strangers_cannot_make_us_ask() {
    let _turn = TURN.lock().await;
    let (first, second) = (Key::new("1"), Key::new("2"));
    let world = World::new(json!([first.public()])).await;
    let anna = Principal::User { name: "anna@127.0.0.1".into(), role: Role::Radiologist };
    assert_eq!(world.ask(&first).await.unwrap(), anna);
    world.tell(Some(json!({ "keys": [second.public()] }).to_string()));
    for _ in 0..20 {
        assert!(matches!(world.ask(&second).await, Err(Error::Token("key"))), "too early to ask again");
    }
    assert_eq!(world.asked(), 1);
    later(keys::FLOOR_MS);
    assert_eq!(world.ask(&second).await.unwrap(), anna);
    assert!(matches!(world.ask(&first).await, Err(Error::Token("key"))), "a key that was taken back");
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_key_that_was_taken_back_ends_within_an_hour() {
    let _turn = TURN.lock().await;
    let (first, second) = (Key::new("1"), Key::new("2"));
    let world = World::new(json!([first.public(), second.public()])).await;
    assert!(world.ask(&first).await.is_ok());
    world.tell(Some(json!({ "keys": [second.public()] }).to_string()));
    later(3_599_999);
    assert!(world.ask(&first).await.is_ok());
    later(1);
    assert!(matches!(world.ask(&first).await, Err(Error::Token("key"))));
}

#[tokio::test]
async fn known_keys_go_on_while_the_provider_is_away() {
    let _turn = TURN.lock().await;
    let (first, second) = (Key::new("1"), Key::new("2"));
    let world = World::new(json!([first.public()])).await;
    assert!(world.ask(&first).await.is_ok());
    for wrong in [None, Some("no JSON".to_owned()), Some("{}".to_owned()), Some(" ".repeat(2 << 20))] {
        world.tell(wrong);
        later(3_600_000);
        assert!(world.ask(&first).await.is_ok());
        later(keys::FLOOR_MS);
        assert!(world.ask(&second).await.is_err());
    }
}

#[tokio::test]
async fn a_set_without_the_key_or_with_too_many_is_no_help() {
    let _turn = TURN.lock().await;
    let key = Key::new("1");
    let mut encrypting = key.public();
    encrypting["use"] = json!("enc");
    let odd = json!([{ "kty": "oct", "kid": "1", "k": "c2VjcmV0" }, { "kty": "new" }, 7, encrypting]);
    for keys in [odd, json!(vec![key.public(); 65]), json!([])] {
        let world = World::new(keys).await;
        assert!(world.ask(&key).await.is_err());
    }
}

#[tokio::test]
async fn who_calls_itself_otherwise_is_another_provider() {
    let _turn = TURN.lock().await;
    let key = Key::new("1");
    let world = World::new(json!([key.public()])).await;
    *world.told.issuer.lock().unwrap() = "http://127.0.0.1:1".into();
    assert!(matches!(world.ask(&key).await, Err(Error::Config(_))));
    assert_eq!(world.asked(), 0);
}

#[test]
fn secrets_go_over_tls_or_stay_on_the_machine() {
    for (address, is_good) in [
        ("https://id.example/realm", true),
        ("http://127.0.0.1:8080", true),
        ("http://localhost", true),
        ("http://id.example", false),
        ("http://127.0.0.1.example", false),
        ("ftp://127.0.0.1", false),
        ("id.example", false),
        ("", false),
    ] {
        assert_eq!(config::usable(address).is_ok(), is_good, "{address}");
    }
}

#[tokio::test]
async fn refused_tokens_are_written_down_and_do_not_fill_the_log() {
    let _turn = TURN.lock().await;
    let (known, stranger) = (Key::new("1"), Key::new("2"));
    let world = World::new(json!([known.public()])).await;
    let folder = tempfile::tempdir().unwrap();
    let index = catalog::Config { path: folder.path().join("index.db"), readers: 1 };
    let (audit, lines) = audit_log::AuditLog::memory(|| START_MS);
    let accounts = Arc::new(catalog::Sqlite::open(&index).unwrap());
    let people = archive::People { accounts, audit, clock: || NOW_MS.load(Ordering::Relaxed) };
    let layer = Bearer::new(world.provider.clone(), people, |_| None);
    let router = Router::new().route("/", get(async || "in")).layer(from_fn_with_state(Some(layer), bearer));
    let ask = async |token: &str| {
        let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(Body::empty());
        router.clone().oneshot(request.unwrap()).await.unwrap().status()
    };
    let refused = || lines.text().lines().filter(|line| line.contains("denied")).count();
    assert_eq!(ask(&known.token(&world.issuer)).await, StatusCode::OK);
    assert_eq!(refused(), 0);
    for _ in 0..1000 {
        assert_eq!(ask(&stranger.token(&world.issuer)).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(refused(), crate::budget::MAX_FAILURES as usize);
    later(crate::budget::WINDOW_MS);
    assert_eq!(ask("nothing").await, StatusCode::UNAUTHORIZED);
    let counted: u64 = lines
        .text()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| line["count"].as_u64().unwrap())
        .sum();
    assert_eq!((refused(), counted), (crate::budget::MAX_FAILURES as usize + 1, 1001), "none is lost");
    assert!(lines.text().lines().all(|line| line.contains("sign_in")));
}

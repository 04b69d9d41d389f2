//! The public door of links: what opens nothing, and guessing.

use crate::linked::{DAY_MS, Linked, Told, pass, user};
use audit_log::{Outcome, What};
use futures_util::future::join_all;
use imaging_domain::Role;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// Token and PIN.
fn secrets(made: &Told) -> (String, String) {
    (made.text("url").split_once('#').unwrap().1.to_owned(), made.text("pin"))
}

fn wrong(pin: &str) -> String {
    format!("{:06}", (pin.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn what_opens_nothing_is_answered_byte_for_byte_alike() {
    let hub = Linked::new().await;
    let expired = hub.made(r#"{"studies":["2.25.1"],"days":1}"#).await;
    pass(2 * DAY_MS);
    let one = r#"{"studies":["2.25.1"]}"#;
    let (revoked, locked) = (hub.made(one).await, hub.made(one).await);
    let used_up = hub.made(r#"{"studies":["2.25.1"],"openings":1}"#).await;
    let id = revoked.json()["link"]["id"].as_str().unwrap().to_owned();
    assert_eq!(hub.post(&user(Role::Radiologist), &format!("/links/{id}/revoke"), "{}").await.status, 204);
    let (token, pin) = secrets(&used_up);
    assert_eq!(hub.open(1, &token, &pin).await.status, 200);
    let (token, pin) = secrets(&locked);
    for left in (0..5).rev() {
        let told = hub.open(2, &token, &wrong(&pin)).await;
        assert_eq!((told.status, told.json()), (401, json!({ "code": "wrong_pin", "left": left })));
    }
    let unknown = hub.open(3, &"A".repeat(43), "000000").await;
    assert_eq!((unknown.status, unknown.json()), (404, json!({ "code": "not_valid" })));
    for (addr, (why, made)) in
        (10..).zip([("expired", &expired), ("revoked", &revoked), ("used up", &used_up), ("locked", &locked)])
    {
        let (token, pin) = secrets(made);
        for pin in [pin.as_str(), &wrong(&pin), "no pin"] {
            assert_eq!(hub.open(addr, &token, pin).await, unknown, "{why}");
        }
    }
    for token in ["", "short", &"A".repeat(42), &"!".repeat(43), &"A".repeat(1000)] {
        assert_eq!(hub.open(20, token, "000000").await, unknown, "{token}");
    }
}

#[tokio::test]
async fn of_a_thousand_wrong_pins_from_everywhere_five_are_looked_at() {
    let hub = Linked::new().await;
    let (token, pin) = secrets(&hub.made(r#"{"studies":["2.25.1"]}"#).await);
    let pins: Vec<String> = (0..1001).map(|n| format!("{n:06}")).filter(|one| *one != pin).take(1000).collect();
    let asked = (1..).zip(&pins).map(|(addr, guess)| hub.open(addr << 8, &token, guess));
    let answers = join_all(asked).await;
    let with = |status: u16| answers.iter().filter(|told| told.status == status).count();
    assert_eq!((with(401), with(404), with(429)), (5, 595, 400), "six hundred a minute from everywhere");
    assert_eq!(hub.events(What::LinkOpened, Outcome::Denied), 5);
    assert_eq!(hub.events(What::LinkOpened, Outcome::Success), 0);
    pass(61_000);
    assert_eq!(hub.open(1, &token, &pin).await.status, 404, "it is locked");
    let told = hub.get(&user(Role::Radiologist), "/links").await.json();
    assert_eq!((&told["links"][0]["state"], &told["links"][0]["tries_left"]), (&json!("locked"), &json!(0)));
}

#[tokio::test]
async fn one_address_has_sixty_wrong_attempts_a_minute() {
    let hub = Linked::new().await;
    let (token, pin) = secrets(&hub.made(r#"{"studies":["2.25.1"]}"#).await);
    for _ in 0..60 {
        assert_eq!(hub.open(1, &"A".repeat(43), "000000").await.status, 404);
    }
    let told = hub.open(1, &token, &pin).await;
    assert_eq!((told.status, told.headers["retry-after"].as_str()), (429, "60"), "the right one has to wait too");
    assert_eq!(hub.open(2 << 8, &token, &pin).await.status, 200, "others do not");
    pass(60_000);
    assert_eq!(hub.open(1, &token, &pin).await.status, 200);
}

#[tokio::test]
async fn an_attempt_whose_answer_is_lost_is_one_attempt() {
    let hub = Linked::new().await;
    let (token, pin) = secrets(&hub.made(r#"{"studies":["2.25.1"],"openings":1}"#).await);
    let asked = |pin: &str, attempt: &str| json!({ "token": token, "pin": pin, "attempt": attempt });
    let left = async |body: Json| hub.open_with(1, &body).await.json()["left"].clone();
    let wrong = wrong(&pin);
    let three = [left(asked(&wrong, "a")), left(asked(&wrong, "a")), left(asked(&wrong, "a"))];
    assert_eq!(join_all(three).await, [4, 4, 4], "at once");
    assert_eq!((left(asked(&wrong, "a")).await, left(asked(&wrong, "b")).await), (json!(4), json!(3)));
    // nobody waits for this answer
    drop(tokio::time::timeout(Duration::ZERO, hub.open_with(1, &asked(&pin, "c"))).await);
    let (first, again) = (hub.open_with(1, &asked(&pin, "c")).await, hub.open_with(1, &asked(&pin, "c")).await);
    assert_eq!((first.status, &first), (200, &again), "the same session");
    assert_eq!(hub.events(What::LinkOpened, Outcome::Success), 1);
    assert_eq!(hub.open_with(1, &asked(&pin, "d")).await.status, 404, "it is used up");
    assert_eq!(hub.open_with(1, &asked(&wrong, "c")).await.status, 404, "another PIN is another attempt");
    for number in ["", &"a".repeat(65)] {
        assert_eq!(hub.open_with(1, &asked(&pin, number)).await.status, 400);
    }
}

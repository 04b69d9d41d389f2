//! Who may speak.

use crate::{limits::refusal, server::Server};
use imaging_domain::AeTitle;
use pacs_adapter::{Callers, Forgotten, KnownBy, Listens, Network, Peer, Peers};
use std::{
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU16,
};
use test_data::sender::Peer as Sender;
use tokio_util::sync::CancellationToken;

const UNKNOWN: &str = "association rejected: calling AE title not recognized";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn title(text: &str) -> AeTitle {
    AeTitle::parse(text).unwrap()
}

fn peer(ae_title: &str, from: &[[u8; 4]]) -> Peer {
    let from = from.iter().map(|address| IpAddr::from(*address).into()).collect();
    Peer { ae_title: title(ae_title), address: String::new(), from, certificate: None, tls: false }
}

fn called_by(server: &Server, title: &str) -> Sender {
    Sender::new(server.address, title, "PACSADAPTER")
}

#[tokio::test]
async fn only_known_callers_get_an_association_where_it_is_said_so() {
    let of_network = |title: &str, network| Peer { from: vec![network], ..peer(title, &[]) };
    let [all, some] = ["127.0.0.0/8", "127.0.1.0/24"].map(|text| Network::try_from(text.to_owned()).unwrap());
    let known = vec![
        of_network("LEASED", all),
        of_network("OTHERS", some),
        peer("CT1", &[[127, 0, 0, 1]]),
        peer("ANYWHERE", &[]),
        peer("ELSEWHERE", &[[10, 1, 2, 3], [10, 1, 2, 4]]),
        peer("TWICE", &[[10, 1, 2, 3]]),
        peer("TWICE", &[[127, 0, 0, 1]]),
    ];
    let strict = Server::knowing(Peers::of(known.clone()), |config| config.callers = Callers::Known).await;
    let open = Server::knowing(Peers::of(known), |_| {}).await;
    for (title, expected) in [
        ("CT1", "accepted"),
        ("ANYWHERE", "accepted"),
        ("ELSEWHERE", UNKNOWN),
        ("TWICE", "accepted"),
        ("LEASED", "accepted"),
        ("OTHERS", UNKNOWN),
        ("ct1", UNKNOWN),
        ("CT", UNKNOWN),
        ("CT11", UNKNOWN),
    ] {
        assert_eq!(refusal(&called_by(&strict, title)).await, expected, "{title}");
        assert_eq!(refusal(&called_by(&open, title)).await, "accepted", "{title}");
    }
}

#[tokio::test]
async fn who_was_refused_is_remembered_and_allowed_with_one_word() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Peers::open(vec![peer("CT1", &[])], folder.path().to_owned()).unwrap();
    let peers = open();
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(peers.clone().keep(stop.clone()));
    let server = Server::knowing(peers.clone(), |config| config.callers = Callers::Known).await;
    for _ in 0..3 {
        assert_eq!(refusal(&called_by(&server, "NEW")).await, UNKNOWN);
    }
    assert_eq!(refusal(&called_by(&server, "OTHER")).await, UNKNOWN);
    stop.cancel();
    keeping.await.unwrap();
    let refused = open().refused();
    assert_eq!(refused, peers.refused());
    let list: Vec<_> = refused.iter().map(|it| (it.ae_title.as_str(), it.address, it.count)).collect();
    assert_eq!(list, [("OTHER", HERE, 1), ("NEW", HERE, 3)]);
    assert!(refused.iter().all(|it| it.first_seen_ms > 0 && it.first_seen_ms <= it.last_seen_ms));

    for now_ms in 77..79 {
        peers.allow(&title("NEW"), (HERE, None), now_ms).await.unwrap();
    }
    assert_eq!(refusal(&called_by(&server, "NEW")).await, "accepted");
    for peers in [&peers, &open()] {
        assert_eq!(peers.refused().len(), 1);
        let known: Vec<_> = peers.known().into_iter().map(|it| (it.peer, it.by)).collect();
        let allowed = KnownBy::Allowed { since_ms: 77 };
        assert_eq!(known, [(peer("CT1", &[]), KnownBy::Configuration), (peer("NEW", &[[127, 0, 0, 1]]), allowed)]);
    }

    for expected in [Forgotten::Allowed, Forgotten::Nobody] {
        assert_eq!(peers.forget(&title("NEW"), HERE).await.unwrap(), expected);
    }
    assert_eq!(peers.forget(&title("OTHER"), HERE).await.unwrap(), Forgotten::Refused);
    assert_eq!(peers.forget(&title("CT1"), HERE).await.unwrap(), Forgotten::Nobody);
    assert_eq!((open().known().len(), open().refused().len()), (1, 0));
    assert_eq!(refusal(&called_by(&server, "NEW")).await, UNKNOWN);
}

#[tokio::test]
async fn whoever_is_allowed_with_a_port_is_called_there_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Peers::open(vec![peer("CT1", &[])], folder.path().to_owned()).unwrap();
    let peers = open();
    peers.allow(&title("NEW"), (HERE, None), 1).await.unwrap();
    assert_eq!(peers.by_title(&title("NEW")), None, "it only calls");
    peers
        .allow(&title("NEW"), (HERE, NonZeroU16::new(11112).map(|port| Listens { port, tls: true })), 2)
        .await
        .unwrap();
    for peers in [&peers, &open()] {
        let listens = peers.by_title(&title("NEW")).map(|peer| (peer.address, peer.tls));
        assert_eq!((listens, peers.known().len()), (Some(("127.0.0.1:11112".to_owned(), true)), 2));
        assert!(peers.is_the_only_place(&title("NEW"), HERE) && !peers.is_the_only_place(&title("CT1"), HERE));
    }
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let peers = Peers::open(Vec::new(), folder.path().join("gone")).unwrap();
    assert!(peers.allow(&title("NEW"), (HERE, None), 1).await.is_err());
    assert!(peers.known().is_empty());
    std::fs::write(folder.path().join("peers.json"), b"{ half").unwrap();
    assert!(Peers::open(Vec::new(), folder.path().to_owned()).is_err());
}

#[test]
fn a_certificate_is_pinned_by_the_digest_that_openssl_prints() {
    let digits = "ab:".repeat(31) + "CD";
    for (text, is_good) in [
        (format!("ae_title = 'A'\ncertificate = '{digits}'"), true),
        (format!("ae_title = 'A'\ncertificate = '{}'", digits.replace(':', "")), true),
        ("ae_title = 'A'\ncertificate = 'abcd'".to_owned(), false),
        ("ae_title = 'A'\ncertificat = ''".to_owned(), false),
    ] {
        assert_eq!(toml::from_str::<Peer>(&text).is_ok(), is_good, "{text}");
    }
}

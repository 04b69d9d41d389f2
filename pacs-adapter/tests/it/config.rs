use pacs_adapter::{CalledAe, ListenerConfig, PrivateSopClasses};

#[test]
fn what_is_not_said_has_its_default_and_unknown_keys_are_refused() {
    let config: ListenerConfig =
        toml::from_str("ae_title = 'CT_ROOM'\ncalled_ae = 'strict'\nprivate_sop_classes = 'refuse'").unwrap();
    assert_eq!(config.ae_title.as_str(), "CT_ROOM");
    assert_eq!((config.called_ae, config.private_sop_classes), (CalledAe::Strict, PrivateSopClasses::Refuse));
    assert_eq!((config.listen.port(), config.max_associations), (11112, 200));
    for bad in ["ae_titel = 'X'", "ae_title = 'SEVENTEEN_LETTERS'", "listen = 'here'", "called_ae = 'maybe'"] {
        assert!(toml::from_str::<ListenerConfig>(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_example_has_every_key_with_its_default() {
    let example = include_str!("../../../config/pacs-adapter.example.toml");
    assert_eq!(settings::check_example::<pacs_adapter::Config>(example), Ok(()));
}

#[test]
fn the_example_has_every_key_with_its_default() {
    let example = include_str!("../../../config/hub.example.toml");
    assert_eq!(settings::check_example::<hub::Config>(example), Ok(()));
}

#[test]
fn the_example_of_a_gate_has_every_key_with_its_default() {
    let example = include_str!("../../../config/gate.example.toml");
    assert_eq!(settings::check_example::<hub::config::Gate>(example), Ok(()));
}

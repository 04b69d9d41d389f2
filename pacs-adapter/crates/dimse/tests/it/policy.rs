use dimse::{Decision, Policy, PrivateClasses, VERIFICATION, is_storage};

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

#[test]
fn contexts_are_accepted_by_rule() {
    let cases: &[(&str, &[&str], Decision<'_>)] = &[
        (VERIFICATION, &[IMPLICIT], Decision::Accept(IMPLICIT)),
        (VERIFICATION, &["1.2.3"], Decision::TransferSyntaxesNotSupported),
        (CT, &[EXPLICIT, IMPLICIT], Decision::Accept(EXPLICIT)),
        (CT, &[IMPLICIT, EXPLICIT], Decision::Accept(IMPLICIT)),
        ("1.2.840.10008.5.1.4.1.1.2\0", &["1.2.840.10008.1.2\0"], Decision::Accept(IMPLICIT)),
        (CT, &["1.2.3.4.5", EXPLICIT], Decision::Accept(EXPLICIT)),
        (CT, &["1.2.3.4.5"], Decision::Accept("1.2.3.4.5")),
        (CT, &["1.2.840.113619.5.2"], Decision::TransferSyntaxesNotSupported),
        (CT, &["1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.70"], Decision::Accept("1.2.840.10008.1.2.4.70")),
        (CT, &["1.2.840.10008.1.2.4.95"], Decision::TransferSyntaxesNotSupported),
        (CT, &[], Decision::TransferSyntaxesNotSupported),
        (CT, &[""], Decision::TransferSyntaxesNotSupported),
        ("1.2.840.10008.5.1.4.1.1.999.7", &[EXPLICIT], Decision::Accept(EXPLICIT)),
        ("1.2.840.113619.4.30", &[EXPLICIT], Decision::Accept(EXPLICIT)),
        ("1.2.840.10008.5.1.4.34.7", &[EXPLICIT], Decision::Accept(EXPLICIT)),
        ("1.2.840.10008.5.1.4.1.2.1.1", &[EXPLICIT], Decision::Accept(EXPLICIT)),
        ("1.2.840.10008.5.1.4.1.2.2.3", &["1.2.840.10008.1.2.2", IMPLICIT], Decision::Accept(IMPLICIT)),
        ("1.2.840.10008.5.1.4.1.2.2.2", &["1.2.840.10008.1.2.2"], Decision::TransferSyntaxesNotSupported),
        ("1.2.840.10008.5.1.4.1.2.3.1", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("1.2.840.10008.5.1.4.31", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("1.2.840.10008.5.1.1.9", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("1.2.840.10008.1.20.1", &[EXPLICIT], Decision::Accept(EXPLICIT)),
        ("1.2.840.10008.1.20.2", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("1.2.840.10008.5.1.4.34.6.1", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("1.2.840.10008.5.1.4.1.1.200.4", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("1.2.840.10008.5.1.4.1.1.", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
        ("", &[EXPLICIT], Decision::AbstractSyntaxNotSupported),
    ];
    for (abstract_syntax, offered, expected) in cases {
        let offered: Vec<String> = offered.iter().map(|&uid| uid.to_owned()).collect();
        assert_eq!(Policy::default().decide(abstract_syntax, &offered), *expected, "{abstract_syntax} {offered:?}");
    }
}

#[test]
fn private_classes_are_refused_when_told_so() {
    let policy = Policy { private: PrivateClasses::Refuse };
    let offered = [EXPLICIT.to_owned()];
    assert_eq!(policy.decide("1.2.840.113619.4.30", &offered), Decision::AbstractSyntaxNotSupported);
    assert_eq!(policy.decide(CT, &offered), Decision::Accept(EXPLICIT));
    assert!(is_storage(CT) && !is_storage("1.2.840.113619.4.30"));
}

#[test]
fn what_we_send_goes_in_what_everything_can_be_written_in() {
    const JPEG: &str = "1.2.840.10008.1.2.4.50";
    for (offered, expected) in [
        (&[JPEG, IMPLICIT, EXPLICIT][..], Decision::Accept(EXPLICIT)),
        (&[JPEG, IMPLICIT], Decision::Accept(IMPLICIT)),
        (&[JPEG], Decision::Accept(JPEG)),
        (&[], Decision::TransferSyntaxesNotSupported),
    ] {
        let offered: Vec<String> = offered.iter().map(|&uid| uid.to_owned()).collect();
        assert_eq!(Policy::default().decide_to_send(CT, &offered), expected, "{offered:?}");
    }
    let offered = [EXPLICIT.to_owned()];
    let refused = Policy::default().decide_to_send("1.2.840.10008.5.1.1.9", &offered);
    assert_eq!(refused, Decision::AbstractSyntaxNotSupported);
}

//! A machine's token, an invitation and a recovery code, as somebody sends them.
#![no_main]

use identity::invitation::InvitationToken;
use identity::recovery::RecoveryCode;
use identity::token::ApiToken;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(token) = ApiToken::parse(text) {
        assert_eq!(token.expose().as_str(), text);
        assert!(InvitationToken::parse(text).is_err());
        // What lists show opens nothing.
        assert!(ApiToken::parse(&token.shown()).is_err());
    }
    if let Ok(token) = InvitationToken::parse(text) {
        assert_eq!(token.expose().as_str(), text);
    }
    if let Some(code) = RecoveryCode::parse(text) {
        assert_eq!(RecoveryCode::parse(&code.expose()), Some(code));
    }
});

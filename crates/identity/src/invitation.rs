//! Invitations: what a link ends with by which somebody comes to an account (CJIS `AC-2`: accounts are made by who may, for
//! who is named). It is used once, and its time limit is held where it is kept; CJIS `IA-5` on out-of-band secrets: it is no
//! factor of a sign-in, and by mail it opens nothing but the making of an account's own password and second factor.

crate::token::token!(/// What an invitation's link ends with.
    InvitationToken, "pgi_");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{ApiToken, InvalidToken};

    #[test]
    fn an_invitation_is_no_api_token() {
        let (invitation, token) =
            (InvitationToken::from_random([7; 32]), ApiToken::from_random([7; 32]));
        assert_eq!(InvitationToken::parse(&invitation.expose()).unwrap().hash(), invitation.hash());
        assert_eq!(ApiToken::parse(&invitation.expose()).unwrap_err(), InvalidToken::Form);
        assert_eq!(InvitationToken::parse(&token.expose()).unwrap_err(), InvalidToken::Form);
    }
}

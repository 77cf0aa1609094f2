//! no-access-after-revocation: nobody is let in after a revocation was acknowledged, unless a later grant says so.
//!
//! Violated when a check answers "allowed" although a revocation of that permission was acknowledged before the check
//! was begun, and no grant was accepted since that revocation was begun. The classic of a stale permission: Zanzibar
//! calls it the *new enemy problem* (Pang et al., USENIX ATC 2019).
//!
//! ```text
//! ana   access.revoke vault ben at r1 ✓ ───▶ ben at r3, which has not heard of it: access.check vault ben → allowed ✗
//! ```
//!
//! A grant counts from its decision: what was accepted before a revocation was begun cannot come after it. So one
//! revocation for each key is enough, the one that has stood longest: a grant ends all that were begun before it.

use super::broken::Act;
use crate::base::{Instant, KeyId, Paged};

/// A revocation that its client knows to be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Revoked {
    pub(super) act: Act,
    pub(super) acknowledged: Instant,
}

/// What is known of one permission.
#[derive(Clone, Copy, Debug, Default)]
struct Permission {
    /// When a grant was last accepted.
    granted: Option<Instant>,
    /// The revocation that has stood since then.
    standing: Option<Revoked>,
}

/// All permissions.
#[derive(Clone, Debug, Default)]
pub(super) struct Access {
    permissions: Paged<Permission, 16>,
}

impl Access {
    /// A replica accepted a grant.
    pub(super) fn granted(&mut self, key: KeyId, at: Instant) {
        if let Some(permission) = self.permissions.reach(key.index()) {
            *permission = Permission { granted: Some(at), standing: None };
        }
    }

    /// A client knows that its revocation, begun at `invoked`, is done.
    pub(super) fn revoked(&mut self, act: Act, invoked: Instant, at: Instant) {
        if let Some(permission) = self.permissions.reach(act.key.index())
            && permission.standing.is_none()
            && permission.granted.is_none_or(|granted| granted < invoked)
        {
            permission.standing = Some(Revoked { act, acknowledged: at });
        }
    }

    /// The revocation that forbids a check, begun at `invoked`, to say "allowed" now.
    pub(super) fn judge(&self, key: KeyId, invoked: Instant) -> Option<Revoked> {
        let standing = self.permissions.get(key.index())?.standing?;
        (standing.acknowledged < invoked).then_some(standing)
    }
}

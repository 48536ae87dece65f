//! Alerts: what was told of which hit, to whom, and what is set about it.

mod groups;
mod outbox;
mod rules;
mod targets;

pub use groups::{GroupCode, HitGroup};
pub(super) use groups::{LIFE, NOT_A_REPEAT};
pub use outbox::{
    DueTelling, NewTelling, TellingRow, TellingState, ToldHit, ToldMail, WhatNext, WhoIsTold,
};
pub use rules::QuietRuleRow;
pub use targets::{DeviceRow, NewDevice, NewWebhook, WebhookRow};

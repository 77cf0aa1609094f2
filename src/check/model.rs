//! Sequential models of the services: what a set of writes amounts to. On purpose not those of the store.

use super::replay::Write;
use crate::base::{OpType, Resolver, Service, Value};

/// By how much a write changes a counter.
pub(super) fn change(write: &Write) -> i64 {
    match write.deed.op_type {
        OpType::StockReserve | OpType::AccountWithdraw => -write.deed.amount(),
        OpType::AccountTransfer if is_debit(write) => -write.deed.amount(),
        _ => write.deed.amount(),
    }
}

fn is_debit(write: &Write) -> bool {
    matches!(write.deed.argument, Value::Transfer { from, .. } if from == write.key)
}

/// What a key shows after one write to a cell.
pub(super) fn content(write: &Write) -> Value {
    match write.deed.op_type {
        OpType::ItemDelete => Value::Nil,
        OpType::AccessGrant => Value::Allowed(true),
        OpType::AccessRevoke => Value::Allowed(false),
        _ => write.deed.argument,
    }
}

/// The write to a cell that wins: by `resolver` for a profile; for an item by wall, for a permission, a name and a payment by hybrid time, then
/// what takes away, then the dot.
pub(super) fn winner(service: Service, writes: &[Write], resolver: Resolver) -> Option<&Write> {
    writes.iter().max_by_key(|write| {
        let stamp = write.stamp;
        let time = match (service, resolver) {
            (Service::Profile, Resolver::LwwHlc) | (Service::Access | Service::Username | Service::Payment, _) => {
                (stamp.hlc.l_us, stamp.hlc.c)
            }
            _ => (stamp.wall_us, 0),
        };
        let takes_away = matches!(write.deed.op_type, OpType::ItemDelete | OpType::AccessRevoke);
        (time, takes_away, write.dot)
    })
}

/// The newest post, by hybrid timestamp and dot.
pub(super) fn newest(writes: &[Write]) -> Option<&Write> {
    writes.iter().max_by_key(|write| (write.stamp.hlc, write.dot))
}

/// What a key of `service` shows after all of `writes`, starting from what was given.
pub(super) fn join(service: Service, given: Option<Value>, writes: &[Write], resolver: Resolver) -> Value {
    match service {
        Service::Stock | Service::Account | Service::Likes => {
            let Value::Int(start) = normal(service, given.unwrap_or_default()) else { return Value::Nil };
            Value::Int(start + writes.iter().map(change).sum::<i64>())
        }
        Service::Feed => {
            let (before, first) = match given {
                Some(Value::Text(text)) => (1, Some(text)),
                Some(Value::Posts { count, newest }) => (count, Some(newest)),
                _ => (0, None),
            };
            let last = newest(writes).and_then(|write| match write.deed.argument {
                Value::Text(text) => Some(text),
                _ => None,
            });
            let Some(newest) = last.or(first) else { return Value::Nil };
            Value::Posts { count: before + writes.len() as u32, newest }
        }
        Service::Profile | Service::Item | Service::Access | Service::Username | Service::Payment => {
            winner(service, writes, resolver).map_or(given.unwrap_or_default(), content)
        }
    }
}

/// One form for what looks the same to a person: an empty counter is 0, a feed without posts is nothing.
pub(super) fn normal(service: Service, value: Value) -> Value {
    match (service, value) {
        (Service::Stock | Service::Account | Service::Likes, Value::Nil) => Value::Int(0),
        (Service::Feed, Value::Posts { count: 0, .. }) => Value::Nil,
        (Service::Access, Value::Nil) => Value::Allowed(false),
        _ => value,
    }
}

//! Services and their operation types: what a client can ask for.
//!
//! One table holds names, arguments and kinds; parsers, help, policies and judges all read it.

/// A family of data with one data type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Service {
    /// Goods on shelves: a bounded counter.
    Stock,
    /// Money: a bounded counter.
    Account,
    /// Posts: a grow-only log.
    Feed,
    /// One value to a key: a register.
    Profile,
    /// Likes: a counter.
    Likes,
    /// A timestamped cell with delete, merged without a version vector, as in Cassandra.
    Item,
    /// Who may do what: a permission set.
    Access,
    /// Names that belong to one person each: a unique registry.
    Username,
    /// Payments by card, through an outside provider: keyed requests.
    Payment,
}

impl Service {
    /// All services, in order.
    pub const ALL: [Self; 9] = [
        Self::Stock,
        Self::Account,
        Self::Feed,
        Self::Profile,
        Self::Likes,
        Self::Item,
        Self::Access,
        Self::Username,
        Self::Payment,
    ];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Account => "account",
            Self::Feed => "feed",
            Self::Profile => "profile",
            Self::Likes => "likes",
            Self::Item => "item",
            Self::Access => "access",
            Self::Username => "username",
            Self::Payment => "payment",
        }
    }

    /// The service with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }

    /// Whether its keys hold numbers that writes add to.
    #[inline]
    pub fn is_counter(self) -> bool {
        matches!(self, Self::Stock | Self::Account | Self::Likes)
    }

    /// The operation type that takes from one of its keys and does nothing else, if it has one: its counters are bounded.
    #[inline]
    pub fn taker(self) -> Option<OpType> {
        match self {
            Self::Stock => Some(OpType::StockReserve),
            Self::Account => Some(OpType::AccountWithdraw),
            _ => None,
        }
    }

    /// Whether its keys keep one write only, so that a write can lose against another.
    #[inline]
    pub fn is_cell(self) -> bool {
        matches!(self, Self::Profile | Self::Item | Self::Access | Self::Username | Self::Payment)
    }

    /// What holds its data.
    pub fn data_type(self) -> &'static str {
        match self {
            Self::Stock | Self::Account => "bounded counter",
            Self::Feed => "grow-only log",
            Self::Profile => "register",
            Self::Likes => "counter",
            Self::Item => "register with delete",
            Self::Access => "permission set",
            Self::Username => "unique registry",
            Self::Payment => "keyed requests",
        }
    }
}

/// The unit to which a consistency level is bound: one verb of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum OpType {
    StockRestock,
    StockReserve,
    StockLevel,
    AccountDeposit,
    AccountWithdraw,
    AccountBalance,
    FeedPost,
    FeedRead,
    ProfileSet,
    ProfileGet,
    LikesAdd,
    LikesRead,
    ItemCreate,
    ItemDelete,
    ItemGet,
    AccessGrant,
    AccessRevoke,
    AccessCheck,
    UsernameClaim,
    UsernameLookup,
    PaymentSubmit,
    PaymentStatus,
    AccountTransfer,
}

/// What an operation does to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Answers and changes nothing.
    Read,
    /// Changes without a condition.
    Write,
    /// Changes if the deciding replica finds the condition true, else refuses.
    Conditional,
}

/// What an operation takes after its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Nothing.
    None,
    /// A positive whole number, at most [`super::limits::AMOUNT_MAX`].
    Amount,
    /// The same, 1 if left out.
    AmountOrOne,
    /// A text.
    Text,
    /// The name of a person: one word. With the key it names what is granted, see [`permission_name`].
    Person,
    /// Another key of the service, and an amount.
    Transfer,
    /// Nothing: it carries who asks.
    Asker,
}

/// One row of the table of operation types.
#[derive(Clone, Copy, Debug)]
pub struct OpSpec {
    /// The type.
    pub op_type: OpType,
    /// Its service.
    pub service: Service,
    /// Its name in the language: `service.verb`.
    pub name: &'static str,
    /// What it does to its key.
    pub effect: Effect,
    /// What it takes after the key.
    pub argument: Argument,
    /// One line for help.
    pub summary: &'static str,
    /// A line that can be typed.
    pub example: &'static str,
}

macro_rules! rows {
    ($($op:ident $service:ident $name:literal $effect:ident $argument:ident $summary:literal $example:literal;)*) => {
        [$(OpSpec {
            op_type: OpType::$op, service: Service::$service, name: $name, effect: Effect::$effect,
            argument: Argument::$argument, summary: $summary, example: $example,
        }),*]
    };
}

/// All operation types, in the order of their numbers.
pub const OPERATIONS: [OpSpec; 23] = rows! {
    StockRestock Stock "stock.restock" Write Amount "put goods on the shelf" "ana: stock.restock mug 5";
    StockReserve Stock "stock.reserve" Conditional Amount "take goods, if there are enough" "ana: stock.reserve mug 1";
    StockLevel Stock "stock.level" Read None "how many are on the shelf" "ben: stock.level mug";
    AccountDeposit Account "account.deposit" Write Amount "put money in" "ana: account.deposit joint 20";
    AccountWithdraw Account "account.withdraw" Conditional Amount "take money out, if there is enough" "ana: account.withdraw joint 80";
    AccountBalance Account "account.balance" Read None "how much money is in it" "ben: account.balance joint";
    FeedPost Feed "feed.post" Write Text "add a post" "ana: feed.post wall \"hello\"";
    FeedRead Feed "feed.read" Read None "how many posts, and the newest" "ben: feed.read wall";
    ProfileSet Profile "profile.set" Write Text "set the value" "ana: profile.set address \"New St\"";
    ProfileGet Profile "profile.get" Read None "the value" "ben: profile.get address";
    LikesAdd Likes "likes.add" Write AmountOrOne "add likes" "ana: likes.add photo";
    LikesRead Likes "likes.read" Read None "how many likes" "ben: likes.read photo";
    ItemCreate Item "item.create" Conditional Text "create it, unless it exists" "ana: item.create report \"draft\"";
    ItemDelete Item "item.delete" Write None "delete it, leaving a tombstone" "ana: item.delete report";
    ItemGet Item "item.get" Read None "its value, or nothing" "ben: item.get report";
    AccessGrant Access "access.grant" Write Person "let someone in" "ana: access.grant vault ben";
    AccessRevoke Access "access.revoke" Write Person "let someone in no more" "ana: access.revoke vault ben";
    AccessCheck Access "access.check" Read Person "whether someone is let in" "ben: access.check vault ben";
    UsernameClaim Username "username.claim" Conditional Asker "take a name, unless it is taken" "ana: username.claim star";
    UsernameLookup Username "username.lookup" Read None "whose a name is" "ben: username.lookup star";
    PaymentSubmit Payment "payment.submit" Conditional Amount "pay by card, once for each key" "ana: payment.submit order7 30";
    PaymentStatus Payment "payment.status" Read None "how much was paid" "ben: payment.status order7";
    AccountTransfer Account "account.transfer" Conditional Transfer "move money to another account, if there is enough" "ana: account.transfer joint savings 30";
};

/// What one permission is called: each pair of a thing and a person is a key of its own, so that a permission set merges
/// pair by pair. A person is one word, so the last space parts the two.
pub fn permission_name(thing: &str, person: &str) -> String {
    format!("{thing} {person}")
}

/// The thing and the person of a permission.
pub fn permission_parts(name: &str) -> (&str, &str) {
    name.rsplit_once(' ').unwrap_or((name, ""))
}

impl OpType {
    /// Its row in the table.
    #[inline]
    pub fn spec(self) -> &'static OpSpec {
        &OPERATIONS[self as usize]
    }

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// Its service.
    #[inline]
    pub fn service(self) -> Service {
        self.spec().service
    }

    /// Whether something outside of the cluster has a part in it, which no log can decide.
    #[inline]
    pub fn is_outside(self) -> bool {
        self == Self::PaymentSubmit
    }

    /// Whether it takes from a bounded counter, if there is enough.
    #[inline]
    pub fn takes(self) -> bool {
        matches!(self, Self::StockReserve | Self::AccountWithdraw | Self::AccountTransfer)
    }

    /// Whether it takes from one bounded counter and does nothing else, so that a replica can do it within a grant.
    #[inline]
    pub fn takes_alone(self) -> bool {
        self.takes() && self.spec().argument == Argument::Amount
    }

    /// Whether it only answers.
    #[inline]
    pub fn is_read(self) -> bool {
        self.spec().effect == Effect::Read
    }

    /// The type with this name.
    pub fn parse(name: &str) -> Option<Self> {
        OPERATIONS.iter().find(|spec| spec.name == name).map(|spec| spec.op_type)
    }

    /// The types that `glob` names: `account.withdraw`, `account.*`, `*.read`, `*`.
    pub fn matching(glob: &str) -> Vec<Self> {
        let fits = |pattern: &str, part: &str| pattern == "*" || pattern == part;
        OPERATIONS
            .iter()
            .filter(|spec| match (glob.split_once('.'), spec.name.split_once('.')) {
                (Some((service, verb)), Some((own_service, own_verb))) => {
                    fits(service, own_service) && fits(verb, own_verb)
                }
                _ => glob == "*",
            })
            .map(|spec| spec.op_type)
            .collect()
    }
}

/// A set of operation types, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OpSet(u64);

impl OpSet {
    /// No type.
    pub const EMPTY: Self = Self(0);

    /// Whether it holds `op_type`.
    #[inline]
    pub fn contains(self, op_type: OpType) -> bool {
        self.0 & (1 << op_type as u64) != 0
    }

    /// Adds `op_type`.
    pub fn insert(&mut self, op_type: OpType) {
        self.0 |= 1 << op_type as u64;
    }

    /// What is in it or in `other`.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in it and not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in it and in `other`.
    #[must_use]
    pub fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it holds nothing.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its members, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = OpType> {
        OPERATIONS.iter().map(|spec| spec.op_type).filter(move |op_type| self.contains(*op_type))
    }

    /// All types of a service.
    pub fn of(service: Service) -> Self {
        OPERATIONS.iter().filter(|spec| spec.service == service).map(|spec| spec.op_type).collect()
    }

    /// Those that change something.
    #[must_use]
    pub fn writes(self) -> Self {
        self.iter().filter(|op_type| !op_type.is_read()).collect()
    }

    /// Whether a type of `service` is in it.
    pub fn touches(self, service: Service) -> bool {
        self.iter().any(|op_type| op_type.service() == service)
    }
}

impl FromIterator<OpType> for OpSet {
    fn from_iter<I: IntoIterator<Item = OpType>>(types: I) -> Self {
        let mut set = Self::EMPTY;
        types.into_iter().for_each(|op_type| set.insert(op_type));
        set
    }
}

/// A set of types is one word.
const _: () = assert!(OPERATIONS.len() <= 64, "a set of operation types is one word");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_numbers() {
        for (index, spec) in OPERATIONS.iter().enumerate() {
            assert_eq!(spec.op_type as usize, index, "{} is out of place", spec.name);
            assert!(spec.name.starts_with(spec.service.name()), "{} is of another service", spec.name);
        }
    }

    #[test]
    fn globs_name_whole_parts_only() {
        assert_eq!(OpType::matching("access.*").len(), 3);
        assert_eq!(OpType::matching("*.read").len(), 2);
        assert_eq!(OpType::matching("*").len(), OPERATIONS.len());
        assert_eq!(OpType::matching("stock"), []);
        assert_eq!(OpType::matching("st*.level"), []);
    }

    #[test]
    fn a_permission_is_named_by_a_thing_and_a_person() {
        assert_eq!(permission_parts(&permission_name("the old vault", "ana")), ("the old vault", "ana"));
    }
}

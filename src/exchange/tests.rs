//! Readers, both ways: what they read, and that whatever is damaged is refused with its place.

use std::collections::BTreeSet;

use super::*;
use crate::check::black_box::{Call, Datum, Finding, Promise, Work, judge};

const LOG: &str = "INFO  jepsen.util - 0\t:invoke\t:write\t4\n\nINFO  jepsen.util - 1 :invoke :read nil\n\
    INFO  jepsen.util - 0\t:ok\t:write\t4\nINFO jepsen.util - :nemesis :info :start nil\n\
    INFO  jepsen.util - 1   :ok :read 4\nINFO jepsen.util - 2 :invoke :cas [4 5]\n\
    INFO jepsen.util - 2 :fail :cas :timed-out\nINFO jepsen.util - 3 :invoke :cas [4 6]\n\
    INFO jepsen.util - 3 :info :cas :timed-out\n";

const EDN: &str = "[{:process 0, :type :invoke, :f :write, :value 4, :index 0}\n #jepsen.history.Op{:process 1 :type :invoke \
    :f :read :value nil :time 12.5}\n; a comment\n {:process 0 :type :ok :f :write :value 4 :jepsen/extra #{1 2}}\n\
    #_ {:left out} {:process 1 :type :ok :f :read :value 4 :error [:a \"b\\n\" \\c 1/2 3.5e2]}\n\
    {:process :nemesis :type :info :f :start}\n{:process 2 :type :invoke :f :cas :value [4 5]}\n\
    {:process 2 :type :fail :f :cas :value [4 5]}{:process 3 :type :invoke :f :cas :value [4 6]}]\n";

const JSON: &str = "{\"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"value\": 4, \"time\": 17}\n\
    {\"process\": \"ana\", \"type\": \"invoke\", \"f\": \"read\"}\n\n\
    {\"process\": 0, \"type\": \"ok\", \"f\": \"write\", \"extra\": {\"a\": [1.5, true, null]}}\n\
    {\"process\": \"ana\", \"type\": \"ok\", \"f\": \"read\", \"value\": 4}\n\
    {\"process\": 2, \"type\": \"invoke\", \"f\": \"cas\", \"value\": [4, 5]}\n\
    {\"process\": 2, \"type\": \"fail\", \"f\": \"cas\"}\n\
    {\"process\": 3, \"type\": \"invoke\", \"f\": \"cas\", \"value\": [4, 6]}\n";

fn read_as(text: &str, model: Model) -> Result<History, ReadError> {
    read(text, Format::guess(text), model)
}

#[test]
fn one_history_in_three_notations_is_the_same() {
    for (text, format) in [(LOG, Format::JepsenLog), (EDN, Format::JepsenEdn), (JSON, Format::JsonLines)] {
        assert_eq!(Format::guess(text), format);
        let history = read(text, format, Model::CasRegister).unwrap_or_else(|error| panic!("{format:?}: {error}"));
        let calls: Vec<(Call, Datum, bool)> = history
            .operations
            .iter()
            .map(|operation| (operation.call, operation.answer, operation.is_done()))
            .collect();
        let four = Datum::Int(4);
        let expected = [
            (Call::Write(four), Datum::Nil, true),
            (Call::Read, four, true),
            (Call::Cas(four, Datum::Int(6)), Datum::Nil, false),
        ];
        assert_eq!(calls, expected, "{format:?}");
        assert_eq!((history.failed, history.silent), (1, 0), "{format:?}");
    }
}

#[test]
fn maps_one_after_the_other_are_a_history_too() {
    let inner = EDN.trim().trim_start_matches('[').trim_end_matches(']');
    assert_eq!(read_as(inner, Model::CasRegister).map(|history| history.operations.len()), Ok(3));
}

#[test]
fn a_read_without_a_value_says_nothing() {
    let text = "{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read}";
    let history = read_as(text, Model::Register).expect("it can be read");
    assert_eq!((history.operations.len(), history.silent), (0, 1));
}

#[test]
fn keys_come_from_a_field_or_a_pair() {
    for text in [
        "{:process 0 :type :invoke :f :write :key :x :value 4}{:process 0 :type :ok :f :write :key :x :value 4}",
        "{:process 0 :type :invoke :f :write :value [:x 4]}{:process 0 :type :ok :f :write :value [:x 4]}",
        "{:process 0 :type :invoke :f :write :value #jepsen.independent/tuple [\"x\" 4]}",
        "{\"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"key\": \"x\", \"value\": 4}",
    ] {
        let history = read_as(text, Model::Register).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((&*history.keys[0], history.operations[0].call), ("x", Call::Write(Datum::Int(4))), "{text}");
    }
}

#[test]
fn each_model_reads_its_own_functions() {
    let event =
        |kind: &str, function: &str, value: &str| format!("{{:process 0 :type :{kind} :f :{function} :value {value}}}");
    for (model, function, asked, told) in [
        (Model::Counter, "add", "2", "2"),
        (Model::Counter, "read", "nil", "7"),
        (Model::Set, "add", "\"a\"", "nil"),
        (Model::Set, "read", "nil", "#{1 2}"),
        (Model::UniqueIds, "generate", "nil", "\"id-1\""),
        (Model::Kv, "append", "\"x y\"", "nil"),
        (Model::Kv, "get", "nil", "\"x y\""),
        (Model::Bank, "transfer", "{:from 0 :to 1 :amount 5}", "nil"),
        (Model::Bank, "read", "nil", "{0 5, 1 10}"),
    ] {
        let text = event("invoke", function, asked) + &event("ok", function, told);
        let history = read_as(&text, model).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(history.operations.len(), 1, "{text}");
    }
}

#[test]
fn errors_say_where_and_what_and_the_nearest_word() {
    let start = "INFO jepsen.util - 0 :invoke :write 4\n";
    for (text, model, expected) in [
        ("", Model::Register, "line 1, column 1: expected at least one event, found none"),
        (
            "INF jepsen.util - 0",
            Model::Register,
            "line 1, column 1: expected INFO jepsen.util - PROCESS TYPE FUNCTION VALUE",
        ),
        ("INFO jepsen.util - 0 :invoke", Model::Register, "line 1, column 29: expected an event with a function"),
        (
            "INFO jepsen.util - 0 :invok :read nil",
            Model::Register,
            "line 1, column 22: expected invoke, ok, fail or info, found \"invok\"; did you mean invoke?",
        ),
        (
            "INFO jepsen.util - 0 :invoke :wirte 4",
            Model::Register,
            "line 1, column 30: expected read, write for model register, found \"wirte\"; did you mean write?",
        ),
        (
            "INFO jepsen.util - 0 :invoke :cas 4",
            Model::CasRegister,
            "line 1, column 35: expected cas with a list of two values",
        ),
        (
            "INFO jepsen.util - 0 :ok :read 4",
            Model::Register,
            "line 1, column 20: expected an invocation of process \"0\" before this return",
        ),
        (
            "INFO jepsen.util - [] :ok :read 4",
            Model::Register,
            "line 1, column 20: expected a process: a number or a name",
        ),
        (
            "INFO jepsen.util - 0 :invoke :read [1",
            Model::Register,
            "line 1, column 38: expected a closing bracket, found the end",
        ),
        ("INFO jepsen.util - 0 :invoke :read 1 2", Model::Register, "line 1, column 38: expected the end of the event"),
        (
            "INFO jepsen.util - 0 :invoke :write 99999999999999999999",
            Model::Register,
            "line 1, column 37: expected a number of 64 bits, found \"99999999999999999999\"",
        ),
        ("{:process 0 :type :invoke}", Model::Register, "line 1, column 1: expected an event with f"),
        ("{:process 0 :process 1}", Model::Register, "line 1, column 13: expected process once"),
        ("{:process}", Model::Register, "line 1, column 2: expected a value for the last key of the map"),
        ("[{:process 0)", Model::Register, "line 1, column 13: expected }, found )"),
        ("[\n ]\n]", Model::Register, "line 3, column 1: expected the end of the event"),
        ("[\n 7]", Model::Register, "line 2, column 2: expected a map with an event"),
        ("[\n \u{1b}]", Model::Register, "line 2, column 2: expected a value, found \"\\u{1b}\""),
        ("[\"a\\q\"]", Model::Register, "line 1, column 4: expected an escape such as \\n or \\u00e9, found \"\\q\""),
        ("[#]", Model::Register, "line 1, column 3: expected a value behind the #"),
        (
            "{\"process\": 0, \"type\": tru}",
            Model::Register,
            "line 1, column 24: expected a JSON value, found \"tru\"; did you mean true?",
        ),
        ("{\"process\" 0}", Model::Register, "line 1, column 12: expected a colon behind the field's name"),
        (
            "{\"process\": \"a\u{7}\"}",
            Model::Register,
            "line 1, column 15: expected a printable character or an escape inside a text, found a control character",
        ),
        (
            &format!("{start}INFO jepsen.util - 0 :invoke :read nil"),
            Model::Register,
            "line 2, column 20: expected a return of process \"0\", which waits since line 1",
        ),
        (
            &format!("{start}INFO jepsen.util - 0 :ok :read 3"),
            Model::Register,
            "line 2, column 26: expected a return of \"write\", which was invoked, found \"read\"",
        ),
        (
            &format!("{start}INFO jepsen.util - 0 :ok :write [7 4]"),
            Model::Register,
            "line 2, column 34: expected the key that was invoked",
        ),
        (&"[".repeat(100), Model::Register, "line 1, column 35: expected at most 32 brackets within each other"),
    ] {
        let error = read_as(text, model).map(|history| history.operations).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

/// A history cut, with characters and lines changed, moved and repeated.
fn damaged(text: &str, seed: u64) -> String {
    let mut state = seed;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most.max(1)
    };
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=below(3) {
        let at = below(characters.len());
        match below(6) {
            0 => characters.truncate(at),
            1 => drop(characters.drain(at..characters.len().min(at + 1 + below(8)))),
            2 => characters[at] = ['(', ']', '}', '"', '\\', '#', ':', '\u{1b}', '9', 'é', ',', '\n'][below(12)],
            3 => {
                let part: Vec<char> = characters[at..characters.len().min(at + 20)].to_vec();
                characters.splice(at..at, part);
            }
            4 => {
                let next = (at + 1) % characters.len();
                characters.swap(at, next);
            }
            _ => {
                let mut lines: Vec<String> = characters.iter().collect::<String>().lines().map(str::to_owned).collect();
                let (one, other) = (below(lines.len()), below(lines.len()));
                lines.swap(one, other);
                characters = lines.join("\n").chars().collect();
            }
        }
        if characters.is_empty() {
            break;
        }
    }
    characters.into_iter().collect()
}

#[test]
fn a_thousand_damaged_histories_are_judged_or_refused_with_their_place() {
    let mut kinds = BTreeSet::new();
    let mut refused = 0;
    for seed in 0..1_200 {
        let source = [LOG, EDN, JSON][seed as usize % 3];
        let text = damaged(source, seed);
        match read(&text, Format::guess(source), Model::CasRegister) {
            Ok(history) => {
                let finding =
                    judge(&history, Model::CasRegister, Promise::Linearizable, &mut Work::new(10_000, &mut |_| {}));
                assert!(!matches!(finding, Finding::Unknown(_)), "seed {seed}");
            }
            Err(error) => {
                refused += 1;
                let debug = format!("{:?}", error.problem);
                kinds.insert(debug.split(['(', ' ']).next().unwrap_or_default().to_owned());
                let lines = text.lines().count() as u32 + 1;
                assert!((1..=lines).contains(&error.place.line) && error.place.column > 0, "seed {seed}: {error}");
                assert!(!error.to_string().contains(char::is_control), "seed {seed}: {error:?}");
            }
        }
    }
    assert!(refused > 600, "{refused} of 1,200 refused");
    assert!(kinds.len() >= 15, "{} kinds: {kinds:?}", kinds.len());
}

#[test]
fn what_nests_without_end_is_refused_and_not_followed() {
    for unit in ["[", "{", "#a ", "#_", "[#_", "(", "{:a ", "#{"] {
        let text = unit.repeat(100_000);
        assert!(edn::read(&text, Model::Register).is_err(), "{unit}");
        assert!(jepsen_log::read(&format!("INFO jepsen.util - {text}"), Model::Register).is_err(), "{unit}");
    }
    for unit in ["[", "{\"a\":"] {
        assert!(json_lines::read(&unit.repeat(100_000), Model::Register).is_err(), "{unit}");
    }
}

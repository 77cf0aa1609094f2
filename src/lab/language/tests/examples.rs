use super::{lab, parse_line};
use crate::base::command::Scope;
use crate::base::operation::OPERATIONS;
use crate::base::{Claim, Fault, Hazard, Level, Resolver};
use crate::lab::language::help::topics;
use crate::lab::language::lists::LISTS;
use crate::lab::language::measure::{MEASURES, fault_word};
use crate::lab::language::{
    Declared, Statement, all_specs, command_text, help_text, measure_names, reference_markdown,
};

const SETUP: [&str; 4] = ["seed", "cluster", "clients", "given"];

#[test]
fn every_example_of_a_command_parses_and_uses_it() {
    for spec in all_specs() {
        let mut declared = if SETUP.contains(&spec.name) { Declared::default() } else { lab() };
        if matches!(spec.name, "at" | "after") {
            declared = Declared::default();
            parse_line("clients ana ben", &mut declared).unwrap();
        }
        let line = parse_line(spec.example, &mut declared).unwrap_or_else(|error| panic!("{}: {error}", spec.example));
        let line = line.unwrap();
        let is_world = matches!(line.statement, Some(Statement::World(_)));
        assert!(is_world || spec.scope == Scope::Time, "{} is of the world", spec.name);
        let by_name = line.source.starts_with(spec.name) || line.when.is_some() || spec.name == "CLIENT:";
        assert!(by_name, "the example of {} is of another command: {}", spec.name, spec.example);
    }
}

#[test]
fn every_usage_begins_with_the_name_and_every_option_is_in_it() {
    for spec in all_specs() {
        assert!(spec.usage.starts_with(spec.name), "{}", spec.usage);
        for option in spec.options.iter().filter(|option| !matches!(option.name, "class" | "since" | "of")) {
            let listed = spec.usage.contains(option.name) || spec.usage.contains("[options]");
            assert!(listed, "{} does not show {}", spec.usage, option.name);
        }
    }
}

#[test]
fn names_of_commands_are_unique() {
    let mut names: Vec<&str> = all_specs().map(|spec| spec.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn every_example_of_an_operation_parses_and_prints_as_it_stands() {
    for spec in &OPERATIONS {
        let line = parse_line(spec.example, &mut lab()).unwrap().unwrap();
        let Some(Statement::World(command)) = line.statement else { panic!("{}", spec.example) };
        // An amount of one may be left out; it is printed.
        let printed = command_text(&command);
        assert!(printed == spec.example || printed == format!("{} 1", spec.example), "{printed}");
    }
}

#[test]
fn every_measure_has_an_example_that_reads_as_it() {
    for spec in MEASURES {
        let line = format!("expect {}", spec.example);
        let read = parse_line(&line, &mut lab()).unwrap_or_else(|error| panic!("{line}: {error}")).unwrap();
        let Some(Statement::Expect(condition)) = read.statement else { panic!("{line}") };
        let crate::lab::language::Condition::Compare { measure, .. } = &condition else { panic!("{line}") };
        assert_eq!(measure.kind.spec().pattern(), spec.pattern());
        assert_eq!(condition.to_string(), spec.example);
    }
}

#[test]
fn every_measure_that_completion_offers_parses() {
    let declared = lab();
    for name in measure_names(&declared) {
        let name = name.replace("KEY", "mug").replace("NAME", "crash");
        let line = format!("expect {name} == {name}");
        parse_line(&line, &mut declared.clone()).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

#[test]
fn help_knows_every_topic_and_the_nearest_of_an_unknown_one() {
    for topic in topics() {
        let text = help_text(Some(&topic)).unwrap_or_else(|error| panic!("{topic}: {error}"));
        assert!(text.ends_with('\n') && !text.trim().is_empty(), "{topic}");
    }
    let all = help_text(None).unwrap();
    assert!(all_specs().all(|spec| all.contains(spec.summary)));
    let error = help_text(Some("partiton")).unwrap_err().message();
    assert_eq!(error, "expected a topic of help, found \"partiton\"; did you mean partition?");
}

#[test]
fn help_lists_every_name_of_a_kind_once_with_its_summary() {
    let operations = OPERATIONS.map(|spec| (spec.name.to_owned(), spec.summary)).to_vec();
    let levels = Level::NAMES.map(|name| (name.to_owned(), Level::parse(name).unwrap().promise())).to_vec();
    let claims = Claim::ALL.map(|claim| (claim.name().to_owned(), claim.summary())).to_vec();
    let hazards = Hazard::ALL.map(|hazard| (hazard.name().to_owned(), hazard.summary())).to_vec();
    let measures = MEASURES.iter().map(|spec| (spec.pattern(), spec.summary)).collect();
    let faults = Fault::ALL.map(|fault| (fault_word(fault), fault.summary())).to_vec();
    let resolvers = Resolver::ALL
        .map(|resolver| (resolver.name().to_owned(), if resolver == Resolver::Siblings { "beside" } else { "wins" }))
        .to_vec();
    let all = [operations, levels, resolvers, claims, hazards, measures, faults];
    for (list, names) in LISTS.into_iter().zip::<[Vec<(String, &str)>; 7]>(all) {
        let text = help_text(Some(list)).unwrap();
        assert_eq!(text.lines().count(), names.len(), "{list}:\n{text}");
        for ((name, summary), line) in names.into_iter().zip(text.lines()) {
            assert!(line.starts_with(&name) && line.contains(summary), "{list} of {name}: {line}");
        }
    }
    assert!(help_text(None).unwrap().contains(&LISTS.join(", ")), "help says that there are lists");
    let error = help_text(Some("mesures")).unwrap_err();
    assert_eq!(error.nearest.as_deref(), Some("measures"));
}

#[test]
fn help_on_what_takes_a_level_lists_the_levels_as_they_are_typed() {
    let text = help_text(Some("policy")).unwrap();
    for level in Level::NAMES.into_iter().filter_map(Level::parse) {
        let row = text.lines().find(|line| line.trim_start().starts_with(&level.text()));
        assert!(row.is_some_and(|row| row.ends_with(level.promise())), "{}: {text}", level.name());
    }
    assert!(!help_text(Some("heal")).unwrap().contains("eventual"));
}

#[test]
fn no_list_hides_a_name() {
    for list in LISTS {
        let hidden = topics().iter().filter(|topic| *topic == list).count();
        assert_eq!(hidden, 1, "{list} names one topic");
    }
}

#[test]
fn the_reference_holds_every_topic() {
    let reference = reference_markdown();
    for topic in topics().iter().filter(|topic| !LISTS.contains(&topic.as_str())) {
        assert!(reference.contains(topic), "{topic}");
    }
    assert!(reference.lines().filter(|line| line.starts_with("```")).count() % 2 == 0, "a fence is open");
}

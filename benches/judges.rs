//! What the judges of neutral histories cost. The budgets are in DESIGN and in the README.
//!
//! ```text
//! cargo bench --bench judges                  all of them
//! cargo bench --bench judges -- unique        one group
//! DRIFTLAB_HISTORIES=DIR cargo bench --bench judges -- public     a folder with `verdicts.tsv` and `etcd/`, by hand
//! ```

mod contended;

use std::hint::black_box;

use contended::{Shape, contended};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use driftlab::check::black_box::{Finding, History, Model, Promise, Work, judge, linearizable};
use driftlab::exchange::{Format, read};

fn judged(history: &History, model: Model) -> Finding {
    judge(history, model, Promise::Linearizable, &mut Work::new(Work::MOST, &mut |_| {}))
}

fn unique_writes(criterion: &mut Criterion) {
    let shape = Shape { operations: 1_000_000, processes: 10, values: 0, doubt: 0, lies: 0 };
    let history = contended(&shape, 7);
    assert!(judged(&history, Model::Register).holds(), "it comes from a real register");
    let mut group = criterion.benchmark_group("unique");
    group.sample_size(10).throughput(Throughput::Elements(u64::from(shape.operations)));
    group.bench_function("1M operations", |bencher| {
        bencher.iter(|| black_box(judged(&history, Model::Register)));
    });
    group.finish();
}

fn contended_registers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("contended");
    group.sample_size(10);
    for (name, operations, processes, doubt, lies) in
        [("100 short, some illegal", 170, 5, 12, 40), ("100 long, all legal", 2_000, 8, 0, 0)]
    {
        let shape = Shape { operations, processes, values: 5, doubt, lies };
        let histories: Vec<History> = (0..100).map(|seed| contended(&shape, seed)).collect();
        group.bench_function(name, |bencher| {
            bencher.iter(|| histories.iter().filter(|history| judged(history, Model::CasRegister).holds()).count());
        });
    }
    group.finish();
}

/// Public histories with known verdicts, if there is a folder with them.
fn public_histories(criterion: &mut Criterion) {
    let Some(folder) = std::env::var_os("DRIFTLAB_HISTORIES").map(std::path::PathBuf::from) else { return };
    let verdicts = std::fs::read_to_string(folder.join("verdicts.tsv")).expect("the folder has verdicts.tsv");
    let histories: Vec<(History, bool)> = verdicts
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, verdict)| {
            let text = std::fs::read_to_string(folder.join("etcd").join(name)).expect("the history can be read");
            let history = read(&text, Format::JepsenLog, Model::CasRegister).expect("it is a Jepsen log");
            (history, verdict.trim() == "ok")
        })
        .collect();
    for (history, is_legal) in &histories {
        assert_eq!(judged(history, Model::CasRegister).holds(), *is_legal, "a verdict differs");
    }
    let mut group = criterion.benchmark_group("public");
    group.sample_size(20);
    group.bench_function(format!("{} histories, verdicts only", histories.len()), |bencher| {
        bencher.iter(|| {
            let is_legal = |(history, _): &&(History, bool)| {
                linearizable::holds(history, Model::CasRegister, &mut Work::new(Work::MOST, &mut |_| {}))
            };
            histories.iter().filter(|one| is_legal(one) == Ok(true)).count()
        });
    });
    group.bench_function(format!("{} histories, witnesses included", histories.len()), |bencher| {
        bencher.iter(|| histories.iter().filter(|(history, _)| judged(history, Model::CasRegister).holds()).count());
    });
    group.finish();
}

criterion_group!(benches, unique_writes, contended_registers, public_histories);
criterion_main!(benches);

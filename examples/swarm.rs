fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let h = std::env::args().nth(2).and_then(|h| driftlab::base::Hazard::parse(&h));
    let t = std::time::Instant::now();
    let mut counts = driftlab::base::fault::FaultCounts::default();
    let mut commands = std::collections::BTreeSet::new();
    let mut fails = 0;
    let mut events = 0;
    for seed in 1..=n {
        let o = driftlab::lab::swarm::run_seed(seed, h);
        counts.add(&o.faults);
        commands.extend(o.commands.iter().copied());
        events += o.events;
        if let Some(f) = o.failure {
            fails += 1;
            if fails <= 3 {
                println!("seed {seed}: {}\n{}", f.found, f.script);
            }
        }
    }
    for f in driftlab::base::Fault::ALL {
        print!("{}={} ", f.name(), counts.get(f));
    }
    println!("\n{commands:?}\n{fails} failures, {events} events, {:.2}s", t.elapsed().as_secs_f64());
}

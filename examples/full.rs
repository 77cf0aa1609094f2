use driftlab::base::Instant;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;
use driftlab::lab::sitting::Sitting;
fn main() {
    let text = "seed 7\ncluster 5 topology=wan\nload w1 *.* 200/s keys=64 clients=64\n";
    let script = parse_script(text).unwrap();
    let mut sitting: Sitting = play(&script, None).unwrap().sitting;
    let t = std::time::Instant::now();
    let to: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(60);
    sitting.advance(Instant(to * 1_000_000), u64::MAX).unwrap();
    let e = sitting.run().events();
    let s = t.elapsed().as_secs_f64();
    println!(
        "{} events in {:.3}s = {:.2} M/s; x{:.0} real time; digest {:x}; trace {} hist {}",
        e,
        s,
        e as f64 / s / 1e6,
        to as f64 / s,
        sitting.run().digest(),
        sitting.log().trace.len(),
        sitting.log().history.len()
    );
}

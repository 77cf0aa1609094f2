//! Same seed and same commands, same bytes: in debug and release, today and in a year.

use driftlab::lab::swarm::run_seed;

/// Hashes of the records of twenty random scripts. They change only when the meaning of a run changes; whoever changes
/// them says why. To print them anew: `cargo test --test it golden_hashes -- --nocapture` and read the failure.
const GOLDEN: [u64; 20] = [
    0xc692_9baf_c06a_4244,
    0x1248_6594_8b35_bd3d,
    0xec00_49f4_292e_916a,
    0x6725_e3dc_60f8_fada,
    0xee1a_e1c0_af82_9f12,
    0xb9e2_64a6_feb8_1ab5,
    0x3463_2408_1c70_18bc,
    0x2dcb_9a97_409d_0162,
    0x50bd_c038_cac9_71f7,
    0x3af1_e634_d521_5182,
    0x08a7_2cf2_7dd7_454a,
    0x2620_2720_787a_731c,
    0x9cf1_5801_0486_c3c1,
    0x9c53_4921_1103_a43a,
    0x675c_b8e4_7a74_c903,
    0xe131_9585_6039_64a9,
    0xf743_d863_bb84_4f88,
    0xd13a_5763_3ffa_5fef,
    0xbea1_9aea_716d_feff,
    0x290e_5aab_9e75_7bb9,
];

#[test]
fn golden_hashes_hold() {
    let found: Vec<u64> = (1..=20).map(|seed| run_seed(seed, None).digest).collect();
    let printed: Vec<String> = found.iter().map(|hash| format!("{hash:#018x}")).collect();
    assert_eq!(found, GOLDEN, "the records are others now:\n{}", printed.join(",\n"));
}

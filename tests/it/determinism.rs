//! Same seed and same commands, same bytes: in debug and release, today and in a year.

use driftlab::lab::swarm::run_seed;

/// Hashes of the records of twenty random scripts. They change only when the meaning of a run changes; whoever changes
/// them says why. To print them anew: `cargo test --test it golden_hashes -- --nocapture` and read the failure.
const GOLDEN: [u64; 20] = [
    0xf3c3_e7ab_bdc7_054d,
    0x34c6_7683_3ef2_04ab,
    0x63ac_8a0d_1de2_441c,
    0x1f80_b574_6d34_528d,
    0xd178_941c_637d_ae6a,
    0x8a45_4699_c2a2_75a2,
    0x8b0c_7843_d400_7f01,
    0x3373_4cd8_3203_40b5,
    0x0311_005d_ccc2_4b78,
    0xd5a3_824a_70b3_954d,
    0x85e4_660a_b032_d461,
    0xa2d3_1480_1322_be2e,
    0x5290_ee19_2a51_9a01,
    0x8d3c_7168_50dc_91ce,
    0x92f5_5a7e_a788_0061,
    0x6fdc_c2a6_9d5a_235c,
    0x18a1_cb87_cbeb_5057,
    0xda78_5423_2dc5_17af,
    0x5664_c698_8b3b_ed47,
    0x8d37_a135_1a7e_73ae,
];

#[test]
fn golden_hashes_hold() {
    let found: Vec<u64> = (1..=20).map(|seed| run_seed(seed, None).digest).collect();
    let printed: Vec<String> = found.iter().map(|hash| format!("{hash:#018x}")).collect();
    assert_eq!(found, GOLDEN, "the records are others now:\n{}", printed.join(",\n"));
}

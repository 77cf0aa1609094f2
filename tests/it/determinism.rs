//! Same seed and same commands, same bytes: in debug and release, today and in a year.

use driftlab::lab::swarm::run_seed;

/// Hashes of the records of twenty random scripts. They change only when the meaning of a run changes; whoever changes
/// them says why. To print them anew: `cargo test --test it golden_hashes -- --nocapture` and read the failure.
const GOLDEN: [u64; 20] = [
    0x1dca_cfbc_7918_910c,
    0xe429_ee88_98a0_4361,
    0x2c54_6c42_fbcc_8098,
    0xc859_b8c7_84a6_e195,
    0xb1d8_4ae8_2989_c832,
    0x6f6d_e905_90fb_a94b,
    0x53dd_0406_82ef_73ea,
    0x6b5a_7eab_e82d_e293,
    0x22e2_d28b_29ef_0537,
    0xe011_450d_be3d_b7d9,
    0x4dc4_bf1b_d546_d751,
    0x3852_51ce_e60c_123f,
    0x79c1_1c5b_c957_6ef4,
    0x9d32_21fc_01a3_8013,
    0xfea4_1d41_983b_daff,
    0x6b86_2fc8_69b1_8e06,
    0x3d85_ba2c_6477_0d12,
    0xf32a_0d48_cc29_a966,
    0x9be3_24cd_f814_6063,
    0x0169_f06f_c379_b43d,
];

#[test]
fn golden_hashes_hold() {
    let found: Vec<u64> = (1..=20).map(|seed| run_seed(seed, None).digest).collect();
    let printed: Vec<String> = found.iter().map(|hash| format!("{hash:#018x}")).collect();
    assert_eq!(found, GOLDEN, "the records are others now:\n{}", printed.join(",\n"));
}

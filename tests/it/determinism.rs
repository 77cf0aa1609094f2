//! Same seed and same commands, same bytes: in debug and release, today and in a year.

use driftlab::lab::swarm::run_seed;

/// Hashes of the records of twenty random scripts. They change only when the meaning of a run changes; whoever changes
/// them says why. To print them anew: `cargo test --test it golden_hashes -- --nocapture` and read the failure.
const GOLDEN: [u64; 20] = [
    0x460c_5e31_4849_38f8,
    0x0702_5e83_2096_f474,
    0x3e53_afe1_eca4_b634,
    0x0fbe_5f54_fba3_443d,
    0xf750_5f16_897e_7d25,
    0x2f6d_6b31_e180_d525,
    0xb84e_5dfa_614e_7bd2,
    0xbf6a_f3c7_962c_4cc4,
    0xa694_cd47_4851_de30,
    0xf519_fb9c_d8d0_eb41,
    0xd283_f198_4311_d690,
    0xd5c6_d444_1608_6eca,
    0xf0c5_2aa4_f3eb_5809,
    0xe932_930b_2410_a96b,
    0x4a6c_af33_8447_21b8,
    0x52a3_5235_83fd_46de,
    0x4896_b983_b6ae_9518,
    0x6c60_1ff0_90b0_996f,
    0x8327_2223_bd49_23b1,
    0xdd76_10c5_4cd4_1eac,
];

#[test]
fn golden_hashes_hold() {
    let found: Vec<u64> = (1..=20).map(|seed| run_seed(seed, None).digest).collect();
    let printed: Vec<String> = found.iter().map(|hash| format!("{hash:#018x}")).collect();
    assert_eq!(found, GOLDEN, "the records are others now:\n{}", printed.join(",\n"));
}

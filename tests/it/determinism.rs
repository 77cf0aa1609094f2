//! Same seed and same commands, same bytes: in debug and release, today and in a year.

use driftlab::lab::swarm::run_seed;

/// Hashes of the records of twenty random scripts. They change only when the meaning of a run changes; whoever changes
/// them says why. To print them anew: `cargo test --test it golden_hashes -- --nocapture` and read the failure.
const GOLDEN: [u64; 20] = [
    0x579d_918f_f107_deb0,
    0x0cff_32ee_6ef0_b9c6,
    0x6dd5_41a2_4ae1_cde0,
    0xc859_b8c7_84a6_e195,
    0x6999_330d_482c_4ea7,
    0x5f01_a536_3a95_50a2,
    0xb994_e9e2_b321_0e68,
    0x6b5a_7eab_e82d_e293,
    0x65a9_8bff_a479_66a0,
    0x512d_b2a4_f921_b112,
    0x8693_c7cd_4b82_488f,
    0x3852_51ce_e60c_123f,
    0x501d_3512_62c1_068a,
    0xa52c_1e14_45c2_62a6,
    0xc52d_e1e1_10fa_c7bd,
    0xde79_e848_ecdd_338a,
    0x3dae_850c_a4bc_2db7,
    0xd13a_5763_3ffa_5fef,
    0x1616_3428_1caa_0d8f,
    0xaffd_6723_832a_84af,
];

#[test]
fn golden_hashes_hold() {
    let found: Vec<u64> = (1..=20).map(|seed| run_seed(seed, None).digest).collect();
    let printed: Vec<String> = found.iter().map(|hash| format!("{hash:#018x}")).collect();
    assert_eq!(found, GOLDEN, "the records are others now:\n{}", printed.join(",\n"));
}

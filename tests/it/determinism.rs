//! Same seed and same commands, same bytes: in debug and release, today and in a year.

use driftlab::lab::swarm::run_seed;

/// Hashes of the records of twenty random scripts. They change only when the meaning of a run changes; whoever changes
/// them says why. To print them anew: `cargo test --test it golden_hashes -- --nocapture` and read the failure.
const GOLDEN: [u64; 20] = [
    0x2688_6b63_a4ae_7fc8,
    0x53d7_c4f0_4777_bbc5,
    0x6f22_f339_f5e9_f829,
    0xe611_e679_00cf_9345,
    0xcac7_9d13_90bd_b4ad,
    0x4276_a637_1092_544e,
    0x0629_11b6_9522_6317,
    0xc6b5_dfc5_3493_149f,
    0xd89d_b9fc_8461_9a4f,
    0x5aab_176d_72e6_0ab2,
    0x0ae9_2e2b_e110_f774,
    0x819c_56d8_3032_9f83,
    0x4cfe_bc4e_a97e_3e35,
    0x9d32_21fc_01a3_8013,
    0x649d_779b_dc0f_40b4,
    0x263b_9b81_d59a_9236,
    0x3d85_ba2c_6477_0d12,
    0xdfca_14bd_47ce_9387,
    0x50ed_4260_c1ca_012e,
    0xb727_3006_3944_6720,
];

#[test]
fn golden_hashes_hold() {
    let found: Vec<u64> = (1..=20).map(|seed| run_seed(seed, None).digest).collect();
    let printed: Vec<String> = found.iter().map(|hash| format!("{hash:#018x}")).collect();
    assert_eq!(found, GOLDEN, "the records are others now:\n{}", printed.join(",\n"));
}

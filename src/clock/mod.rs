//! stub
use crate::base::Hlc;
/// stub
#[derive(Clone, Debug, Default)]
pub struct HybridClock;
impl HybridClock {
    /// stub
    pub fn receive(&mut self, _w: i64, h: Hlc) -> Hlc { h }
}

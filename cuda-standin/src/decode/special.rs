//! Special registers: a row that is filled where it is read.

use super::function::Builder;
use crate::machine::lanes;
use crate::machine::registers::{Registers, Slot};

fn read32(name: &str, part: Option<&str>) -> Option<fn(&Registers, usize) -> u32> {
    Some(match (name, part) {
        ("%tid", Some("x")) => |registers, lane| registers.special.thread[0][lane],
        ("%tid", Some("y")) => |registers, lane| registers.special.thread[1][lane],
        ("%tid", Some("z")) => |registers, lane| registers.special.thread[2][lane],
        ("%ntid", Some("x")) => |registers, _| registers.special.block_size[0],
        ("%ntid", Some("y")) => |registers, _| registers.special.block_size[1],
        ("%ntid", Some("z")) => |registers, _| registers.special.block_size[2],
        ("%ctaid", Some("x")) => |registers, _| registers.special.block[0],
        ("%ctaid", Some("y")) => |registers, _| registers.special.block[1],
        ("%ctaid", Some("z")) => |registers, _| registers.special.block[2],
        ("%nctaid", Some("x")) => |registers, _| registers.special.grid_size[0],
        ("%nctaid", Some("y")) => |registers, _| registers.special.grid_size[1],
        ("%nctaid", Some("z")) => |registers, _| registers.special.grid_size[2],
        // A block is a cluster of its own.
        ("%clusterid", Some("x")) => |registers, _| registers.special.block[0],
        ("%clusterid", Some("y")) => |registers, _| registers.special.block[1],
        ("%clusterid", Some("z")) => |registers, _| registers.special.block[2],
        ("%nclusterid", Some("x")) => |registers, _| registers.special.grid_size[0],
        ("%nclusterid", Some("y")) => |registers, _| registers.special.grid_size[1],
        ("%nclusterid", Some("z")) => |registers, _| registers.special.grid_size[2],
        ("%cluster_ctaid", Some("x" | "y" | "z")) | ("%cluster_ctarank", None) => |_, _| 0,
        ("%cluster_nctaid", Some("x" | "y" | "z")) | ("%cluster_nctarank", None) => |_, _| 1,
        ("%tid" | "%ntid" | "%ctaid" | "%nctaid", Some("w")) => |_, _| 0,
        ("%laneid", None) => |_, lane| lane as u32,
        ("%warpid", None) => |registers, _| registers.special.warp,
        ("%nwarpid", None) => |registers, _| registers.special.warps,
        ("%lanemask_eq", None) => |_, lane| 1 << lane,
        ("%lanemask_lt", None) => |_, lane| (1 << lane) - 1,
        ("%lanemask_le", None) => |_, lane| u32::MAX >> (31 - lane),
        ("%lanemask_gt", None) => |_, lane| !(u32::MAX >> (31 - lane)),
        ("%lanemask_ge", None) => |_, lane| u32::MAX << lane,
        ("%clock", None) => |registers, _| registers.clock as u32,
        ("%clock_hi", None) => |registers, _| (registers.clock >> 32) as u32,
        ("%smid", None) => |registers, _| registers.special.multiprocessor,
        ("%nsmid", None) => |registers, _| registers.special.multiprocessors,
        ("%dynamic_smem_size", None) => |registers, _| registers.special.dynamic_shared,
        ("%total_smem_size" | "%aggr_smem_size", None) => |registers, _| registers.special.total_shared,
        ("%globaltimer_lo", None) => |_, _| nanoseconds() as u32,
        ("%globaltimer_hi", None) => |_, _| (nanoseconds() >> 32) as u32,
        ("%envreg1", None) => |registers, _| (registers.special.workspace >> 32) as u32,
        ("%envreg2", None) => |registers, _| registers.special.workspace as u32,
        (name, None) if is_environment(name) => |_, _| 0,
        _ => return None,
    })
}

fn is_environment(name: &str) -> bool {
    name.strip_prefix("%envreg").and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number < 32)
}

fn read64(name: &str) -> Option<fn(&Registers, usize) -> u64> {
    Some(match name {
        "%clock64" => |registers, _| registers.clock,
        "%globaltimer" => |_, _| nanoseconds(),
        "%gridid" => |registers, _| registers.special.grid,
        _ => return None,
    })
}

fn nanoseconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}

impl Builder<'_> {
    /// The row and width of a special register's value at this point.
    pub fn special_register(&mut self, name: &str, part: Option<&str>) -> Option<(Slot, u32)> {
        if let Some(read) = read32(name, part) {
            let to = self.fresh(32);
            self.lanes(lanes::produce(to, read));
            return Some((to, 32));
        }
        let read = read64(name).filter(|_| part.is_none())?;
        let to = self.fresh(64);
        self.lanes(lanes::produce(to, read));
        Some((to, 64))
    }
}

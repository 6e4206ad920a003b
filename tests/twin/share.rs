//! Max-min fair sharing by naive progressive filling: all grow at one speed until something is tight, and that freezes whom it touches.

/// A linear ceiling: the sum of coefficient x share over its members may not pass `room`.
pub struct Ceiling {
    /// Who, and how much room one unit of the shared quantity takes.
    pub members: Vec<(usize, f64)>,
    /// How much there is.
    pub room: f64,
}

/// What each gets, in the unit of fairness.
pub fn fill(demand: &[f64], ceilings: &[Ceiling]) -> Vec<f64> {
    let mut share = vec![0.0; demand.len()];
    let mut growing: Vec<bool> = demand.iter().map(|&wish| wish > 0.0).collect();
    while growing.contains(&true) {
        let mut rise = f64::INFINITY;
        for who in (0..demand.len()).filter(|&who| growing[who]) {
            rise = rise.min(demand[who] - share[who]);
        }
        for ceiling in ceilings {
            let speed: f64 = ceiling.members.iter().filter(|(who, _)| growing[*who]).map(|(_, weight)| weight).sum();
            if speed > 0.0 {
                rise = rise.min(spare(ceiling, &share).max(0.0) / speed);
            }
        }
        for who in 0..demand.len() {
            if growing[who] {
                share[who] += rise;
            }
        }
        for who in 0..demand.len() {
            if demand[who] - share[who] <= 1e-9 * demand[who] {
                share[who] = share[who].min(demand[who]);
                growing[who] = false;
            }
        }
        for ceiling in ceilings {
            if spare(ceiling, &share) <= 1e-9 * ceiling.room {
                for (who, _) in &ceiling.members {
                    growing[*who] = false;
                }
            }
        }
    }
    share
}

fn spare(ceiling: &Ceiling, share: &[f64]) -> f64 {
    let used: f64 = ceiling.members.iter().map(|(who, weight)| weight * share[*who]).sum();
    ceiling.room - used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_get_their_wish_and_the_large_share_the_rest() {
        let all = Ceiling { members: (0..4).map(|who| (who, 1.0)).collect(), room: 10.0 };
        assert_eq!(fill(&[1.0, 2.0, 10.0, 10.0], &[all]), [1.0, 2.0, 3.5, 3.5]);
    }

    #[test]
    fn nested_ceilings_give_back_what_they_refuse() {
        let pair = Ceiling { members: vec![(0, 1.0), (1, 1.0)], room: 2.0 };
        let all = Ceiling { members: (0..3).map(|who| (who, 1.0)).collect(), room: 9.0 };
        assert_eq!(fill(&[9.0, 9.0, 9.0], &[pair, all]), [1.0, 1.0, 7.0]);
    }
}

//! Fair shares respect every ceiling and waste nothing; the fast algorithm, the naive one beside it and the twin's progressive filling agree.

use failback::fluid::{Ceilings, Filler, Stopped, fill_naive};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::twin::share;

const FLOWS: usize = 6;

/// A ceiling: members with weights, and room.
type Rule = (Vec<(u32, f64)>, f64);

/// Wishes and ceilings.
fn cases() -> impl Strategy<Value = (Vec<f64>, Vec<Rule>)> {
    let wish = prop_oneof![1 => Just(0.0), 4 => 0.1..20.0f64];
    let members = prop::sample::subsequence((0..FLOWS as u32).collect::<Vec<_>>(), 1..=FLOWS)
        .prop_flat_map(|flows| flows.into_iter().map(|flow| (Just(flow), 0.5..2.0f64)).collect::<Vec<_>>());
    (vec(wish, FLOWS), vec((members, 0.0..30.0f64), 0..5))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fair_shares_respect_every_ceiling_and_waste_nothing((wishes, rules) in cases()) {
        let mut ceilings = Ceilings::new(FLOWS);
        rules.iter().for_each(|(members, _)| { ceilings.add(members.clone()); });
        let room: Vec<f64> = rules.iter().map(|(_, room)| *room).collect();
        let (mut rates, mut stopped) = (vec![0.0; FLOWS], vec![Stopped::Bound; FLOWS]);
        Filler::default().fill(&wishes, &ceilings, &room, &mut rates, &mut stopped);
        let full = |rule: usize| rules[rule].0.iter().map(|&(flow, weight)| weight * rates[flow as usize]).sum::<f64>();
        for (rule, &(_, room)) in rules.iter().enumerate() {
            prop_assert!(full(rule) <= room + 1e-9, "ceiling {rule} of {room} holds {}", full(rule));
        }
        for flow in 0..FLOWS {
            prop_assert!(rates[flow] <= wishes[flow] + 1e-9);
            // Nothing is wasted: who has less than it wishes is under a full ceiling, in which nobody has more than it has.
            let blocked = rules.iter().enumerate().any(|(rule, (members, room))| {
                let mine = members.iter().any(|&(member, _)| member as usize == flow);
                let largest = members.iter().map(|&(member, _)| rates[member as usize]).fold(0.0, f64::max);
                mine && full(rule) >= room - 1e-9 && rates[flow] >= largest - 1e-9
            });
            prop_assert!(blocked || rates[flow] >= wishes[flow] - 1e-9, "flow {flow} has {} of {}", rates[flow], wishes[flow]);
        }
        let twin: Vec<share::Ceiling> = rules
            .iter()
            .map(|(members, room)| share::Ceiling { members: members.iter().map(|&(flow, weight)| (flow as usize, weight)).collect(), room: *room })
            .collect();
        let naive = fill_naive(&wishes, &ceilings, &room);
        for (flow, twin) in share::fill(&wishes, &twin).into_iter().enumerate() {
            prop_assert!((twin - rates[flow]).abs() < 1e-6, "flow {flow}: twin {twin}, fast {}", rates[flow]);
            prop_assert!((naive[flow] - rates[flow]).abs() < 1e-9, "flow {flow}: naive {}, fast {}", naive[flow], rates[flow]);
        }
    }
}

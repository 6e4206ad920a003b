//! The event calendar: pending events in order of (instant, class, insertion), held in a 4-ary heap of packed keys.
//!
//! Time is integer nanoseconds and no two keys are equal, so the order of events is total and the same on every platform: ties go by class
//! (which the caller lists in one place), then by the order of insertion, never by the layout of the heap. The calendar knows nothing of what an
//! event means: it holds values of any type, and the caller dispatches them with a `match`.
//!
//! Three choices make it fast. A key is one `u128` (instant 64 bits, class 8, sequence 28, slot 28), compared in two instructions, and the
//! events themselves lie still in a slab. The four children of a node share one cache line. And `pop` leaves a vacancy at the root, which the
//! usual next `push` fills: one descent for the pair instead of two.

use crate::units::Instant;

/// An empty place in the heap; greater than every key, so a family needs no length.
const VACANT: u128 = u128::MAX;
/// Bits of the sequence number and of the slot number in a key.
const FIELD_BITS: u32 = 28;
/// Mask of one such field.
const FIELD: u128 = (1 << FIELD_BITS) - 1;
/// Most events pending at once, and most insertions between two renumberings.
const CAPACITY: u32 = (1 << FIELD_BITS) - 1;

/// Place of the root.
const ROOT: usize = 3;

/// The four children of one node, in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Family([u128; 4]);

impl Family {
    const EMPTY: Family = Family([VACANT; 4]);

    /// Position and key of the smallest child; `VACANT` if there is none. A tournament of selects, not of branches: the outcome is random.
    fn smallest(&self) -> (usize, u128) {
        let [a, b, c, d] = self.0;
        let (i, left) = if b < a { (1, b) } else { (0, a) };
        let (j, right) = if d < c { (3, d) } else { (2, c) };
        if right < left { (j, right) } else { (i, left) }
    }
}

/// Pending events, earliest first; at one instant by class, then in the order in which they were pushed.
///
/// ```
/// use failback::engine::Calendar;
/// use failback::units::Instant;
///
/// let mut calendar = Calendar::new();
/// let noon = Instant::from_nanos(12);
/// calendar.push(noon, 1, "second class");
/// calendar.push(noon, 0, "first class");
/// calendar.push(Instant::START, 9, "at once");
/// assert_eq!(calendar.pop(), Some((Instant::START, "at once")));
/// assert_eq!(calendar.pop(), Some((noon, "first class")));
/// assert_eq!(calendar.pop(), Some((noon, "second class")));
/// assert_eq!(calendar.pop(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Calendar<E> {
    /// The heap: place p is key p % 4 of family p / 4. The root is place 3, the last of family 0, so that the children of place p are family p - 2.
    families: Vec<Family>,
    /// Places `ROOT .. end` are in use, a vacant root included.
    end: usize,
    /// Whether the root waits for the next push.
    vacant: bool,
    /// Sequence number of the next push.
    sequence: u32,
    /// The events, by slot.
    events: Vec<Option<E>>,
    /// Slots not in use.
    free: Vec<u32>,
}

impl<E> Default for Calendar<E> {
    fn default() -> Self {
        Calendar::new()
    }
}

impl<E> Calendar<E> {
    /// An empty calendar.
    pub const fn new() -> Self {
        Calendar { families: Vec::new(), end: ROOT, vacant: false, sequence: 0, events: Vec::new(), free: Vec::new() }
    }

    /// Number of pending events.
    pub fn len(&self) -> usize {
        self.end - ROOT - usize::from(self.vacant)
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Instant of the earliest pending event.
    pub fn peek_time(&self) -> Option<Instant> {
        // The smallest key is the root, the only one in family 0; or, where that is vacant, one of its children.
        let (_, key) = self.families.get(usize::from(self.vacant))?.smallest();
        (key != VACANT).then(|| instant_of(key))
    }

    /// Adds an event. Among events of one instant the lower `class` comes first; within a class, the one pushed first.
    ///
    /// # Panics
    /// With 2^28 - 1 events pending (their keys alone would take 4 GiB).
    pub fn push(&mut self, at: Instant, class: u8, event: E) {
        if self.sequence == CAPACITY {
            self.renumber();
        }
        let slot = match self.free.pop() {
            Some(slot) => {
                self.events[slot as usize] = Some(event);
                slot
            }
            None => {
                assert!(self.events.len() < CAPACITY as usize, "more than {CAPACITY} events pending");
                self.events.push(Some(event));
                (self.events.len() - 1) as u32
            }
        };
        let key = pack(at, class, self.sequence, slot);
        self.sequence += 1;
        if self.vacant {
            self.vacant = false;
            self.sink(key);
        } else {
            self.append(key);
        }
    }

    /// Takes the earliest event out.
    pub fn pop(&mut self) -> Option<(Instant, E)> {
        if self.vacant {
            // No push has filled the vacancy of the last pop: fill it with the last key, as a plain heap does.
            self.vacant = false;
            self.end -= 1;
            let last = std::mem::replace(self.key(self.end), VACANT);
            if self.end > ROOT {
                self.sink(last);
            }
        }
        if self.end == ROOT {
            return None;
        }
        let key = std::mem::replace(self.key(ROOT), VACANT);
        self.vacant = true;
        let slot = (key & FIELD) as u32;
        let event = self.events[slot as usize].take()?;
        self.free.push(slot);
        Some((instant_of(key), event))
    }

    /// The key at a place.
    fn key(&mut self, place: usize) -> &mut u128 {
        &mut self.families[place / 4].0[place % 4]
    }

    /// Puts `key` at the root and lets it sink below those that are smaller.
    fn sink(&mut self, key: u128) {
        let mut place = ROOT;
        while let Some(children) = self.families.get(place - 2) {
            let (child, smallest) = children.smallest();
            if key < smallest {
                break;
            }
            *self.key(place) = smallest;
            place = 4 * (place - 2) + child;
        }
        *self.key(place) = key;
    }

    /// Adds `key` at the end and lets it rise above those that are greater.
    fn append(&mut self, key: u128) {
        let mut place = self.end;
        self.end += 1;
        if place / 4 == self.families.len() {
            self.families.push(Family::EMPTY);
        }
        while place > ROOT {
            let parent = place / 4 + 2;
            let above = *self.key(parent);
            if above < key {
                break;
            }
            *self.key(place) = above;
            place = parent;
        }
        *self.key(place) = key;
    }

    /// Gives the pending events the sequence numbers 0, 1, 2 ... in their present order.
    fn renumber(&mut self) {
        let mut keys: Vec<u128> = self.families.iter().flat_map(|family| family.0).filter(|&key| key != VACANT).collect();
        keys.sort_unstable();
        self.families.clear();
        self.end = ROOT;
        self.vacant = false;
        self.sequence = keys.len() as u32;
        for (sequence, key) in keys.into_iter().enumerate() {
            self.append(key & !(FIELD << FIELD_BITS) | (sequence as u128) << FIELD_BITS);
        }
    }
}

/// A key: instant, class, sequence, slot, the first being the most significant.
fn pack(at: Instant, class: u8, sequence: u32, slot: u32) -> u128 {
    u128::from(at.as_nanos()) << 64 | u128::from(class) << (2 * FIELD_BITS) | u128::from(sequence) << FIELD_BITS | u128::from(slot)
}

/// The instant of a key.
fn instant_of(key: u128) -> Instant {
    Instant::from_nanos((key >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The obvious calendar: a row sorted by (instant, class, order of insertion).
    #[derive(Default)]
    struct Sorted {
        row: Vec<(Instant, u8, u32)>,
    }

    impl Sorted {
        fn push(&mut self, at: Instant, class: u8, event: u32) {
            let place = self.row.partition_point(|&(t, c, _)| (t, c) <= (at, class));
            self.row.insert(place, (at, class, event));
        }

        fn pop(&mut self) -> Option<(Instant, u32)> {
            (!self.row.is_empty()).then(|| self.row.remove(0)).map(|(at, _, event)| (at, event))
        }
    }

    /// Drives a calendar and the sorted row in lockstep: `Some((instant, class))` pushes, `None` pops.
    fn lockstep(mut calendar: Calendar<u32>, operations: &[Option<(u64, u8)>]) {
        let mut sorted = Sorted::default();
        for (number, operation) in operations.iter().enumerate() {
            match *operation {
                Some((nanos, class)) => {
                    calendar.push(Instant::from_nanos(nanos), class, number as u32);
                    sorted.push(Instant::from_nanos(nanos), class, number as u32);
                }
                None => assert_eq!(calendar.pop(), sorted.pop()),
            }
            assert_eq!(calendar.len(), sorted.row.len());
            assert_eq!(calendar.peek_time(), sorted.row.first().map(|&(at, _, _)| at));
        }
        while let Some(expected) = sorted.pop() {
            assert_eq!(calendar.pop(), Some(expected));
        }
        assert!(calendar.is_empty() && calendar.pop().is_none());
    }

    fn operations() -> impl Strategy<Value = Vec<Option<(u64, u8)>>> {
        // Few distinct instants and classes, so that ties are the rule; and the two ends of the clock.
        let instant = prop_oneof![8 => 0u64..20, 1 => Just(u64::MAX), 1 => any::<u64>()];
        prop::collection::vec(prop::option::weighted(0.6, (instant, prop_oneof![0u8..3, Just(255)])), 0..300)
    }

    proptest! {
        #[test]
        fn equals_a_sorted_row(operations in operations()) {
            lockstep(Calendar::new(), &operations);
        }

        #[test]
        fn renumbering_changes_no_order(operations in operations(), before_the_end in 0u32..50) {
            let mut calendar = Calendar::new();
            calendar.sequence = CAPACITY - before_the_end;
            lockstep(calendar, &operations);
        }
    }

    #[test]
    fn ties_keep_the_order_of_insertion_through_many_pops() {
        // One instant, one class, 10,000 events, with a pop after every second push: only the sequence can order them.
        let mut calendar = Calendar::new();
        let mut expected = 0..10_000u32;
        for event in 0..10_000u32 {
            calendar.push(Instant::from_nanos(7), 3, event);
            if event % 2 == 1 {
                assert_eq!(calendar.pop().map(|(_, event)| event), expected.next());
            }
        }
        while let Some((_, event)) = calendar.pop() {
            assert_eq!(Some(event), expected.next());
        }
        assert_eq!(expected.next(), None);
    }

    #[test]
    fn slots_are_reused() {
        let mut calendar = Calendar::new();
        for round in 0..1_000u64 {
            calendar.push(Instant::from_nanos(round), 0, ());
            calendar.push(Instant::from_nanos(round), 1, ());
            calendar.pop();
            calendar.pop();
        }
        assert!(calendar.events.len() <= 2, "{} slots for 2 events", calendar.events.len());
    }
}

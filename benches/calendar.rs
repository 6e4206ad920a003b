//! The event calendar against the queues one would take from the shelf, in the hold model: take the earliest event out, push one a random time
//! later, at a constant number of pending events. Run with `cargo bench --bench calendar`.
//!
//! All order by (instant, class, sequence) and carry a payload of 4 bytes. The shelf queues appear plainly (a tuple) and, where their interface
//! allows, at their best: the tuple packed into one `u128`, payload included, and replaced in place through `peek_mut`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dary_heap::QuaternaryHeap;
use failback::engine::{Calendar, Streams};
use failback::units::{Instant, Span};
use priority_queue::PriorityQueue;
use rand::RngExt;

/// A pending event as a tuple: instant [ns], class, sequence, payload.
type Event = (u64, u8, u32, u32);

/// Waiting times [ns], drawn beforehand and used in turn: exponential with mean 1 s.
struct Waits {
    spans: Vec<u64>,
    next: usize,
    sequence: u32,
}

impl Waits {
    fn new() -> Self {
        let mut stream = Streams::new(1, 0).stream("bench", "waits");
        let spans = (0..1 << 14).map(|_| Span::from_secs_f64(-(1.0 - stream.random::<f64>()).ln()).as_nanos()).collect();
        Waits { spans, next: 0, sequence: 0 }
    }

    /// An event due a random time after `now`.
    fn event(&mut self, now: u64) -> Event {
        self.next = (self.next + 1) % self.spans.len();
        self.sequence = self.sequence.wrapping_add(1);
        (now + self.spans[self.next], (self.sequence % 5) as u8, self.sequence, self.sequence)
    }
}

/// An event packed into one key.
fn pack((at, class, sequence, payload): Event) -> u128 {
    u128::from(at) << 64 | u128::from(class) << 56 | u128::from(sequence) << 24 | u128::from(payload & 0xff_ffff)
}

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(1));
    for pending in [1_000u32, 100_000, 1_000_000] {
        let mut waits = Waits::new();
        let start: Vec<Event> = (0..pending).map(|_| waits.event(0)).collect();

        let mut calendar = Calendar::new();
        for &(at, class, _, payload) in &start {
            calendar.push(Instant::from_nanos(at), class, payload);
        }
        group.bench_function(BenchmarkId::new("failback", pending), |bencher| {
            bencher.iter(|| {
                let (now, payload) = calendar.pop().unwrap();
                let (at, class, _, next) = waits.event(now.as_nanos());
                calendar.push(Instant::from_nanos(at), class, next);
                black_box(payload)
            });
        });

        let mut heap: BinaryHeap<_> = start.iter().copied().map(Reverse).collect();
        group.bench_function(BenchmarkId::new("std BinaryHeap", pending), |bencher| {
            bencher.iter(|| {
                let Reverse((now, _, _, payload)) = heap.pop().unwrap();
                heap.push(Reverse(waits.event(now)));
                black_box(payload)
            });
        });

        let mut heap: BinaryHeap<_> = start.iter().copied().map(pack).map(Reverse).collect();
        group.bench_function(BenchmarkId::new("std BinaryHeap packed, in place", pending), |bencher| {
            bencher.iter(|| {
                let mut top = heap.peek_mut().unwrap();
                let key = top.0;
                *top = Reverse(pack(waits.event((key >> 64) as u64)));
                black_box(key as u32)
            });
        });

        let mut heap: QuaternaryHeap<_> = start.iter().copied().map(Reverse).collect();
        group.bench_function(BenchmarkId::new("dary_heap 4-ary", pending), |bencher| {
            bencher.iter(|| {
                let Reverse((now, _, _, payload)) = heap.pop().unwrap();
                heap.push(Reverse(waits.event(now)));
                black_box(payload)
            });
        });

        let mut heap: QuaternaryHeap<_> = start.iter().copied().map(pack).map(Reverse).collect();
        group.bench_function(BenchmarkId::new("dary_heap 4-ary packed, in place", pending), |bencher| {
            bencher.iter(|| {
                let mut top = heap.peek_mut().unwrap();
                let key = top.0;
                *top = Reverse(pack(waits.event((key >> 64) as u64)));
                black_box(key as u32)
            });
        });

        let mut queue: PriorityQueue<u32, _> = start.iter().map(|&(at, class, sequence, _)| (sequence, Reverse((at, class, sequence)))).collect();
        group.bench_function(BenchmarkId::new("priority-queue", pending), |bencher| {
            bencher.iter(|| {
                let (payload, Reverse((now, _, _))) = queue.pop().unwrap();
                let (at, class, sequence, _) = waits.event(now);
                queue.push(sequence, Reverse((at, class, sequence)));
                black_box(payload)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, hold);
criterion_main!(benches);
